using Tars.Sealing.Logs;

namespace Tars.Verify.Logs;

/// <summary>The arguments of <c>tars-verify audit</c>.</summary>
internal sealed record AuditArguments(string Log, LogTrust Trust, bool Json)
{
    internal const string Help = """
        tars-verify audit LOG --key FILE [--witness NAME=KEYFILE]... [--mirror DIR]... [--threads 2] [-o json]

        Verifies the folder of an audit log: every line, every checkpoint, every epoch. Needs no network.

        LOG                    the log's folder
        --key FILE             the public key of the log's first epoch, PEM, or that key's id (64 hexadecimal digits)
        --witness NAME=KEYFILE a witness whose cosignature counts, and its public key, PEM; it must have cosigned
        --mirror DIR           a copy from elsewhere: of the log, of its checkpoints, or of what a witness holds
        --threads 2            hash lines on a second core
        -o json                the result as JSON

        Exit codes: 0 whole, or torn as a crash leaves it, 1 tampered with, 2 wrong usage, 3 cannot read.

        """;

    private const int KeyIdLength = 64;

    /// <exception cref="UsageException">They are not of that form.</exception>
    internal static AuditArguments Parse(IReadOnlyList<string> args)
    {
        string? log = null, key = null;
        List<LogWitness> witnesses = [];
        List<string> mirrors = [];
        bool json = false;
        int threads = 1;
        for (int i = 0; i < args.Count; i++)
        {
            switch (args[i])
            {
                case "--key":
                    key = key is null ? Value(args, ref i) : throw new UsageException("--key stands there twice");
                    break;
                case "--witness":
                    witnesses.Add(Witness(Value(args, ref i)));
                    break;
                case "--mirror":
                    mirrors.Add(Value(args, ref i));
                    break;
                case "--threads":
                    threads = Value(args, ref i) switch { "1" => 1, "2" => 2, var other => throw new UsageException($"--threads {other}: 1 or 2 is expected") };
                    break;
                case "-o" or "--output":
                    json = IsJson(Value(args, ref i));
                    break;
                case ['-', ..] option:
                    throw new UsageException($"{option}: no such option; tars-verify audit --help lists them");
                default:
                    log = log is null && args[i].Length > 0 ? args[i] : throw new UsageException($"{args[i]}: one log is expected");
                    break;
            }
        }

        return log is null ? throw new UsageException("no log is given; tars-verify audit --help shows the arguments")
            : key is null ? throw new UsageException("--key FILE is expected: nothing is trusted without it")
            : new AuditArguments(log, TrustOf(key) with { Witnesses = witnesses, Mirrors = mirrors, Threads = threads }, json);
    }

    internal static string Value(IReadOnlyList<string> args, ref int i) =>
        ++i < args.Count && args[i].Length > 0 ? args[i] : throw new UsageException($"{args[i - 1]}: a value is missing");

    internal static bool IsJson(string format) => format switch
    {
        "json" => true,
        "text" => false,
        _ => throw new UsageException($"-o {format}: text or json is expected"),
    };

    private static LogTrust TrustOf(string key) =>
        key.Length == KeyIdLength && key.All(char.IsAsciiHexDigitLower) && !File.Exists(key) ? new LogTrust(key) : LogTrust.FromKeyFile(key);

    private static LogWitness Witness(string value)
    {
        int equals = value.IndexOf('=', StringComparison.Ordinal);
        if (equals < 1 || equals == value.Length - 1)
        {
            throw new UsageException($"--witness {value}: NAME=KEYFILE is expected");
        }

        try
        {
            return LogWitness.FromFile(value[..equals], value[(equals + 1)..]);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"--witness {value}: {exception.Message}");
        }
    }
}
