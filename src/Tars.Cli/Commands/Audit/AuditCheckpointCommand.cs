using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit checkpoint</c>: signs one, prints it, and hands it to whoever keeps copies.</summary>
internal static class AuditCheckpointCommand
{
    private static readonly Option<string[]> Mirror = AuditOptions.Many("--mirror", "DIR", "Copies it, and the notes of the epochs, to this folder elsewhere; may be repeated");

    private static readonly Option<string[]> Witness = AuditOptions.Many("--witness", "URL", "Asks this witness for its cosignature and keeps it with the log; may be repeated");

    private static readonly Option<string[]> WitnessKey = AuditOptions.Many("--witness-key", "NAME=KEYFILE", "The public key of a witness; a cosignature that none of these keys made is refused");

    public static Command Create() => AuditOptions.Verb(
        "checkpoint", "Signs a checkpoint over all lines, prints it, and hands it to the mirrors and witnesses of the configuration, or to those that are named", [Mirror, Witness, WitnessKey, AuditOptions.Log, ConfigFormat.TableOrJson], RunAsync,
        "tars audit checkpoint", "tars audit checkpoint --log audit --mirror /mnt/mirror",
        "tars audit checkpoint --log audit --witness https://witness.example.net --witness-key witness.example.net/w1=witness.pub");

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        Uri[] witnesses = [.. (run.Value(Witness) ?? []).Select(AddressOf)];
        NoteKey[] keys = [.. (run.Value(WitnessKey) ?? []).Select(text => AuditVerifyCommand.WitnessOf(WitnessKey, text).Key)];
        if (witnesses.Length == 0 && run.Value(Mirror) is not { Length: > 0 } && run.Value(AuditOptions.Log) is null
            && AuditSettings.Of(run.Load(run.Search())) is { Targets.IsEmpty: false } settings)
        {
            return await SendAsync(run, settings, cancellationToken).ConfigureAwait(false);
        }

        if (witnesses.Length > 0 && keys.Length == 0)
        {
            throw new UsageException($"{Witness.Name}: {WitnessKey.Name} {WitnessKey.HelpName} is needed: a cosignature counts once it was verified");
        }

        AuditLog open = AuditLog.Open(log, new AuditLogOptions(), run.Time);
        SignedNote note;
        await using (open.ConfigureAwait(false))
        {
            note = await open.CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }

        LogLayout layout = new(log);
        foreach (string mirror in run.Value(Mirror) ?? [])
        {
            CheckpointMirror.Copy(layout, note, mirror);
        }

        _ = Checkpoint.TryParse(note.Text, out Checkpoint? checkpoint, out _);
        List<(string Name, DateTimeOffset Time)> cosigned = [];
        using SocketsHttpHandler handler = new() { AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        using HttpClient http = new(handler) { Timeout = TimeSpan.FromSeconds(30) };
        WitnessClient client = new(http, keys);
        foreach (Uri address in witnesses)
        {
            cosigned.Add(await client.AskAsync(address, layout, note, checkpoint!, cancellationToken).ConfigureAwait(false));
        }

        Tell(run, note, checkpoint!, run.Value(Mirror) ?? [], cosigned);
        return ExitCode.Ok;
    }

    /// <summary>Hands the checkpoint to everybody whom the configuration names.</summary>
    private static async Task<int> SendAsync(CommandRun run, AuditSettings settings, CancellationToken cancellationToken)
    {
        AuditLog open = AuditLog.Open(settings.Log, new AuditLogOptions(), run.Time);
        await using (open.ConfigureAwait(false))
        {
            await open.CheckpointAsync(cancellationToken).ConfigureAwait(false);
        }

        SentCheckpoint sent = await AuditSending.SendAsync(run, settings, cancellationToken).ConfigureAwait(false);
        Tell(
            run, sent.Note, sent.Checkpoint, [.. sent.Deliveries.OfType<Delivery.Mirrored>().Select(one => one.Target)],
            [.. sent.Deliveries.OfType<Delivery.Cosigned>().Select(one => (one.Witness, one.Time))]);
        return sent.Deliveries.Any(one => one is Delivery.Failed) ? ExitCode.Environment : ExitCode.Ok;
    }

    private static void Tell(CommandRun run, SignedNote note, Checkpoint checkpoint, IReadOnlyList<string> mirrors, IReadOnlyList<(string Name, DateTimeOffset Time)> cosigned)
    {
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject
            {
                ["origin"] = checkpoint.Origin,
                ["size"] = checkpoint.Size,
                ["root"] = checkpoint.Root.ToBase64(),
                ["note"] = note.ToString(),
                ["mirrors"] = ConfigFormat.List(mirrors),
                ["cosignatures"] = new JsonArray([.. cosigned.Select(one => (JsonNode)new JsonObject { ["witness"] = one.Name, ["time"] = SealingOptions.Instant(one.Time) })]),
            });
            return;
        }

        run.Console.Write(note.ToString());
        foreach (string mirror in mirrors)
        {
            run.Console.Note($"copied to {mirror}");
        }

        foreach ((string name, DateTimeOffset time) in cosigned)
        {
            run.Console.Note($"cosigned by {name} at {SealingOptions.Instant(time)}");
        }
    }

    private static Uri AddressOf(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && (address.Scheme == Uri.UriSchemeHttp || address.Scheme == Uri.UriSchemeHttps) && address.UserInfo.Length == 0 && address.Query.Length == 0
            ? address
            : throw new UsageException($"{Witness.Name}: '{text}' is no address of a witness", "write for example https://witness.example.net");
}
