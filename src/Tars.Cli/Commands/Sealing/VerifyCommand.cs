using System.CommandLine;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Sealing.Verification;

namespace Tars.Cli.Commands.Sealing;

/// <summary><c>tars verify PATH…</c>: whether signatures hold, whose they are, and whether the files are those that were signed.</summary>
internal static class VerifyCommand
{
    private static readonly Argument<string[]> Paths = new("PATH") { Description = "Folders of reports, envelopes, signatures, signed files, signed JSON", Arity = ArgumentArity.OneOrMore };

    private static readonly Option<string?> Key = CommonOptions.Text("--key", "FILE", "A public key: the only one that is believed");

    private static readonly Option<string?> Trust = CommonOptions.Text("--trust", "DIR", "A folder of public keys (*.pub, *.pem): the only ones that are believed");

    private static readonly Option<string?> TimestampCa = CommonOptions.Text("--timestamp-ca", "FILE", "Certificates of timestamp authorities in PEM; each envelope must then have a timestamp");

    public static Command Create()
    {
        TarsCommand verify = TarsCommand.Verb(
            "verify", "Verifies signatures and the files they are about: by which key, signed when, and what does not hold", [Key, Trust, TimestampCa, SealingOptions.Ring, ConfigFormat.TableOrJson],
            RunAsync, "tars verify reports --trust keys/trusted", "tars verify reports/ga_kpi_summary.json.dsse.json --key rsa.pub");
        verify.Arguments.Add(Paths);
        return verify;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string[] paths = run.Value(Paths)!;
        if (paths.FirstOrDefault(path => !File.Exists(path) && !Directory.Exists(path)) is { } missing)
        {
            throw new UsageException($"{missing}: there is no such file or folder");
        }

        SealingSettings settings = SealingOptions.Of(run);
        ReportVerification verification = new(TrustOf(run, settings), settings.RequiresCosignature, AuthoritiesOf(run));
        List<VerifiedThing> things = [];
        foreach (string path in paths)
        {
            things.AddRange(await verification.VerifyAsync(path, cancellationToken).ConfigureAwait(false));
        }

        run.Audit.Tell("verified", things.All(thing => thing.Holds));
        Tell(run, things);
        return things.All(thing => thing.Holds) ? ExitCode.Ok : ExitCode.Negative;
    }

    private static TrustedKeys TrustOf(CommandRun run, SealingSettings settings) => (run.Value(Key), run.Value(Trust)) switch
    {
        (not null, not null) => throw new UsageException("--key and --trust: one of them says what is believed"),
        ({ } file, _) => TrustedKeys.FromFile(file),
        (_, { } folder) => TrustedKeys.FromFolder(folder),
        _ => new KeyRingAccess(settings, run.Time).Trusted(),
    };

    private static X509Certificate2Collection? AuthoritiesOf(CommandRun run) =>
        run.Value(TimestampCa) is { } path ? TimestampAuthority.ReadCertificates(path, TimestampCa.Name) : null;

    private static void Tell(CommandRun run, List<VerifiedThing> things)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["verified"] = things.All(thing => thing.Holds),
                ["checked"] = new JsonArray([.. things.Select(thing => (JsonNode)new JsonObject
                {
                    ["path"] = thing.Path,
                    ["verified"] = thing.Holds,
                    ["findings"] = ConfigFormat.List(thing.Lines),
                })]),
            });
            return;
        }

        foreach (VerifiedThing thing in things)
        {
            run.Console.Say($"{(thing.Holds ? "holds" : "DOES NOT HOLD")}: {thing.Path}");
            foreach (string line in thing.Lines)
            {
                run.Console.Say($"  {line}");
            }
        }
    }
}
