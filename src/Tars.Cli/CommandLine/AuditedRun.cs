using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Application.Collecting;
using Tars.Application.Settings;
using Tars.Configuration.Interrogation;
using Tars.Observability.TimeSeries;
using Tars.Reports;
using Tars.Sealing.Envelopes;

namespace Tars.Cli.CommandLine;

/// <summary>What the events of a run say: docs/formats/audit-events.md. No name of a person, no folder of the machine and no secret is in it.</summary>
internal static class AuditedRun
{
    /// <summary>Digest of the effective configuration, secrets left out: 64 lower-case hexadecimal digits.</summary>
    public static string ConfigurationSha256(TarsSettings settings) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(EffectiveSettings.Of(settings.Loaded).ToYaml())));

    /// <summary>What is known before anything is read: the window and the source that are asked for.</summary>
    public static void Describe(CommandRun run, JsonObject data)
    {
        WindowRequest window = run.Window();
        data["window"] = new JsonObject
        {
            ["from"] = window.From is { } from ? Instants.Format(from) : null,
            ["to"] = window.To is { } to ? Instants.Format(to) : null,
            ["length"] = window.Length is { } length ? Configuration.Scalars.DurationText.Format(length) : null,
        };
        if (run.Value(CommonOptions.Shard) is { } shard)
        {
            data["shard"] = shard;
        }

        data["source"] = run.IsMerge ? new JsonObject { ["shards"] = new JsonArray([.. run.Arguments.Select(name => (JsonNode)NameOf(name))]) }
            : run.Value(CommonOptions.Capture) is { } capture
            ? new JsonObject { ["capture"] = NameOf(capture) }
            : new JsonObject { ["backends"] = new JsonArray([.. run.Settings.Observability.Backends.Values.Select(backend => (JsonNode)AddressOf(backend.Url))]) };
    }

    /// <summary>What was read.</summary>
    public static void Tell(RunAudit audit, Collected collected)
    {
        audit.Tell("window", new JsonObject { ["from"] = Instants.Format(collected.Window.From), ["to"] = Instants.Format(collected.Window.To) });
        audit.Tell("source", new JsonObject { ["application"] = collected.Source!.Application, ["version"] = collected.Source.Version });
        audit.Tell("capture_sha256", collected.CaptureSha256);
    }

    /// <summary>The files of a report: each with its sealed form, then what was added to them (an envelope, its timestamp).</summary>
    /// <param name="audit">The run.</param>
    /// <param name="plain">The report as it was made.</param>
    /// <param name="written">The report as it was written, its files in the same order.</param>
    public static void Wrote(RunAudit audit, Report plain, Report written)
    {
        if (!audit.IsAudited)
        {
            return;
        }

        foreach ((ReportFile file, ReportFile form) in plain.Files.Zip(written.Files))
        {
            audit.Wrote(file.Name == form.Name ? new RunOutput(file.Name, DigestOf(file)) : new RunOutput(file.Name, DigestOf(file), form.Name, DigestOf(form)));
        }

        foreach (ReportFile added in written.Files.Skip(plain.Files.Count))
        {
            Wrote(audit, added);
        }
    }

    /// <summary>One file.</summary>
    public static void Wrote(RunAudit audit, ReportFile file) => audit.Wrote(new RunOutput(Path.GetFileName(file.Name), DigestOf(file)));

    /// <summary>A file that lies where it was written.</summary>
    public static void Wrote(RunAudit audit, string path)
    {
        if (audit.IsAudited)
        {
            using FileStream file = File.OpenRead(path);
            audit.Wrote(new RunOutput(NameOf(path), Convert.ToHexStringLower(SHA256.HashData(file))));
        }
    }

    /// <summary>A capture: the list of its digests stands for its files.</summary>
    public static void WroteCapture(RunAudit audit, string folder)
    {
        string list = Path.Combine(folder, "SHA256SUMS");
        if (audit.IsAudited && File.Exists(list))
        {
            audit.Wrote(new RunOutput($"{NameOf(folder)}/SHA256SUMS", Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(list)))));
        }
    }

    /// <summary>The last part of a path. The user's own name, which is that of a home folder, is left out.</summary>
    public static string NameOf(string path) =>
        Path.GetFileName(Path.TrimEndingDirectorySeparator(path)) is var name && name == Environment.UserName ? "(home)" : name;

    private static string AddressOf(Uri url) => url.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped);

    private static string DigestOf(ReportFile file) => Convert.ToHexStringLower(SHA256.HashData(file.Content.Span));
}
