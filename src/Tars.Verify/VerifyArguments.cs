namespace Tars.Verify;

/// <summary>What the program was asked. Exactly one of <paramref name="Key"/> and <paramref name="TrustFolder"/> is not null.</summary>
internal sealed record VerifyArguments(IReadOnlyList<string> Paths, string? Key, string? TrustFolder, bool RequireCosignature, string? TimestampAuthority, bool Json)
{
    internal const string Help = """
        tars-verify PATH... (--key FILE | --trust DIR) [--require-cosignature] [--timestamp-ca FILE] [-o json]

        Verifies what T.A.R.S. signed. Needs no network and no configuration; the keys given are the only trust.

        PATH                   a folder of reports, an envelope (*.dsse.json), a signature (*.sig), signed JSON, a sealed file
                               (its header), a capture, or a report that an envelope or .sig beside it vouches for
        --key FILE             one public key, PEM
        --trust DIR            the public keys of a folder (*.pub, *.pem), or a key ring with its revocations
        --require-cosignature  envelopes need an RSA-PSS and a P-256 signature of trusted keys
        --timestamp-ca FILE    certificates, PEM, of timestamp authorities: ENVELOPE.tsr is verified and must be there
        -o json                the findings as JSON

        tars-verify audit LOG --key FILE ...              verifies an audit log; see tars-verify audit --help
        tars-verify proof PROOF --event FILE --key FILE   verifies that a line is in one; see tars-verify proof --help

        Exit codes: 0 verified, 1 not verified, 2 wrong usage, 3 cannot read.

        """;

    /// <exception cref="UsageException">They are not of that form.</exception>
    internal static VerifyArguments Parse(IReadOnlyList<string> args)
    {
        VerifyArguments parsed = new([], null, null, false, null, false);
        bool onlyPaths = false;
        for (int i = 0; i < args.Count; i++)
        {
            string Value() => ++i < args.Count && args[i].Length > 0 ? args[i] : throw new UsageException($"{args[i - 1]}: a value is missing");
            parsed = onlyPaths ? parsed.WithPath(args[i]) : args[i] switch
            {
                "--" => parsed,
                "--key" => parsed with { Key = Once(parsed.Key, "--key", Value()) },
                "--trust" => parsed with { TrustFolder = Once(parsed.TrustFolder, "--trust", Value()) },
                "--timestamp-ca" => parsed with { TimestampAuthority = Once(parsed.TimestampAuthority, "--timestamp-ca", Value()) },
                "--require-cosignature" => parsed with { RequireCosignature = true },
                "-o" or "--output" => parsed with { Json = Format(Value()) },
                ['-', ..] option => throw new UsageException($"{option}: no such option; tars-verify --help lists them"),
                var path => parsed.WithPath(path),
            };
            onlyPaths |= args[i] == "--";
        }

        return parsed.Paths.Count == 0 ? throw new UsageException("no path is given; tars-verify --help shows the arguments")
            : (parsed.Key is null) == (parsed.TrustFolder is null) ? throw new UsageException("exactly one of --key FILE and --trust DIR is expected: nothing is trusted without it")
            : parsed;
    }

    private VerifyArguments WithPath(string path) =>
        path.Length > 0 ? this with { Paths = [.. Paths, path] } : throw new UsageException("a path is empty");

    private static string Once(string? before, string option, string value) =>
        before is null ? value : throw new UsageException($"{option} stands there twice");

    private static bool Format(string format) => format switch
    {
        "json" => true,
        "text" => false,
        _ => throw new UsageException($"-o {format}: text or json is expected"),
    };
}
