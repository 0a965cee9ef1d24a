using System.CommandLine;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Tars.Cli.CommandLine;
using Tars.Compliance.Witnessing;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;
using Tars.Sealing.Streams;
using Tars.Sealing.Verification;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit witness</c>: the HTTP service of C2SP tlog-witness, for audit logs of T.A.R.S.</summary>
internal static class AuditWitnessCommand
{
    private static readonly Option<string?> Listen = CommonOptions.Text("--listen", "ADDRESS:PORT", "Where it answers, such as 127.0.0.1:8745; port 0 takes a free one");

    private static readonly Option<string?> State = CommonOptions.Text("--state", "DIR", "What it remembers. Never set it back: a witness that forgot could cosign a second history");

    private static readonly Option<string?> Key = CommonOptions.Text("--key", "FILE", "Its private key (ECDSA P-256, PEM, readable by its owner only)");

    private static readonly Option<string?> Name = CommonOptions.Text("--name", "NAME", "Its name in cosignatures, such as witness.example.net/w1");

    private static readonly Option<string[]> Log = AuditOptions.Many("--log", "ORIGIN=KEYFILE", "A log that it watches, with the public key of that log's first epoch; may be repeated");

    private static readonly Option<bool> New = CommonOptions.Flag("--new", "Says that a log it knows nothing of was never cosigned by it: the first checkpoint is trusted. Refused once it knows every log");

    private static readonly Option<bool> CreateKey = CommonOptions.Flag("--create-key", "Makes the key, and FILE.pub for auditors, and ends");

    public static Command Create() => AuditOptions.Verb(
        "witness", "Answers as a witness of audit logs: cosigns what continues what it has seen, and nothing else", [Listen, State, Key, Name, Log, New, CreateKey], RunAsync,
        "tars audit witness --create-key --key witness.pem --name witness.example.net/w1",
        "tars audit witness --listen 127.0.0.1:8745 --state witness --key witness.pem --name witness.example.net/w1 --log audit.example.org/tars/7d1f=audit.pub --new");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string keyFile = Needed(run, Key);
        string name = Needed(run, Name);
        if (run.Has(CreateKey))
        {
            return Make(run, keyFile, name);
        }

        string listen = Needed(run, Listen);
        if (!IPEndPoint.TryParse(listen, out IPEndPoint? endpoint) || !listen.Contains(':', StringComparison.Ordinal))
        {
            throw new UsageException($"{Listen.Name}: '{listen}' is no address with a port", "write for example 127.0.0.1:8745");
        }

        Dictionary<string, PublicKey> logs = new(StringComparer.Ordinal);
        foreach ((string origin, string file) in (run.Value(Log) ?? []).Select(text => AuditVerifyCommand.NamedFile(Log, text)))
        {
            logs[origin] = TrustedKeys.FromFile(file).Keys.Single().Key;
        }

        if (logs.Count == 0)
        {
            throw new UsageException($"{Log.Name} {Log.HelpName} is needed: a witness watches the logs that it was told of");
        }

        Begin(run, logs);
        (NoteKey key, ECDsa secret) = KeyOf(keyFile, name);
        using (secret)
        using (CheckpointWitness witness = new(Needed(run, State), key, secret, logs, run.Time))
        {
            WebApplication service = WitnessService.Create(witness, endpoint);
            await using (service.ConfigureAwait(false))
            {
                await service.StartAsync(cancellationToken).ConfigureAwait(false);
                run.Console.Say($"witness {name}, key {key.Key.Fingerprint}");
                run.Console.Say($"listening on {service.Urls.Single()}, watching {string.Join(", ", logs.Keys)}");
                await run.Console.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, run.Time, cancellationToken).ConfigureAwait(false);
                }
                catch (OperationCanceledException)
                {
                    // The way in which a service ends.
                }

                await service.StopAsync(CancellationToken.None).ConfigureAwait(false);
            }
        }

        return ExitCode.Ok;
    }

    /// <summary>A witness that has lost what it remembered must not begin anew unseen: it could cosign a second history.</summary>
    private static void Begin(CommandRun run, Dictionary<string, PublicKey> logs)
    {
        string state = Needed(run, State);
        string[] unknown = [.. logs.Keys.Where(origin => !CheckpointWitness.Knows(state, origin))];
        if (unknown.Length > 0 && !run.Has(New))
        {
            throw new UsageException($"{state}: it knows nothing of {string.Join(", ", unknown)}", $"bring {State.Name} back where this witness has cosigned before; {New.Name} says that it never has");
        }

        if (unknown.Length == 0 && run.Has(New))
        {
            throw new UsageException($"{New.Name}: {state} knows every log already", $"leave {New.Name} out, so that a folder that is lost is noticed");
        }

        foreach (string origin in unknown)
        {
            CheckpointWitness.Begin(state, origin, logs[origin]);
        }
    }

    private static int Make(CommandRun run, string file, string name)
    {
        if (File.Exists(file))
        {
            throw new UsageException($"{Key.Name}: {file}: there is a key already, and a witness's key is never replaced");
        }

        WitnessKey.Create(file);
        (NoteKey key, ECDsa secret) = KeyOf(file, name);
        secret.Dispose();
        using (ReplacementFile shown = new(file + ".pub", ReplacementFile.OwnerOnly | UnixFileMode.GroupRead | UnixFileMode.OtherRead))
        {
            shown.Stream.Write(System.Text.Encoding.ASCII.GetBytes(key.Key.ToPem()));
            shown.Commit();
        }

        run.Console.Say($"made {file} and {file}.pub");
        run.Console.Say($"fingerprint {key.Key.Fingerprint}");
        run.Console.Say($"auditors name it: tars audit verify --witness {name}={file}.pub");
        return ExitCode.Ok;
    }

    private static (NoteKey Key, ECDsa Private) KeyOf(string file, string name)
    {
        try
        {
            return WitnessKey.Read(file, name);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{Name.Name}: {exception.Message}");
        }
    }

    private static string Needed(CommandRun run, Option<string?> option) =>
        run.Value(option) ?? throw new UsageException(string.Create(CultureInfo.InvariantCulture, $"{option.Name} {option.HelpName} is needed"), "'tars audit witness --help' shows an example");
}
