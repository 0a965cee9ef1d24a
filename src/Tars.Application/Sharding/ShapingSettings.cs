using System.Security.Cryptography;
using System.Text;
using Tars.Application.Settings;
using Tars.Configuration.Interrogation;

namespace Tars.Application.Sharding;

/// <summary>
/// The settings that may shape a report, by one digest. What says how a backend is reached, or what becomes of a report, is left out: shards may be read
/// from one address and merged where there is none, and signed at the merge alone. A setting that this version does not know counts.
/// </summary>
public static class ShapingSettings
{
    private static readonly string[] OtherSections =
        ["api", "security", "compliance", "secrets", "storage", "notifications", "schedules", "waivers", "telemetry"];

    private static readonly string[] Reaching =
    [
        "prometheus_url", "dialect", "method", "headers", "auth", "tls", "proxy_url", "timeout", "connect_timeout", "retries", "concurrency", "points_limit",
        "response_limit", "settle_delay", "output_dir", "prometheus_enabled", "prometheus_port", "metrics_enabled", "metrics_prefix", "log_level", "log_format", "log_file",
    ];

    /// <summary>SHA-256 over the lines <c>path: value</c> of the effective settings that count, 64 lower-case hexadecimal digits.</summary>
    public static string Sha256(TarsSettings settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        StringBuilder text = new();
        foreach (EffectiveValue value in EffectiveSettings.Of(settings.Loaded).Values.Where(value => Counts(value.Path)))
        {
            text.Append(value.Path).Append(": ").Append(value.Text).Append('\n');
        }

        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text.ToString())));
    }

    private static bool Counts(string path)
    {
        string[] parts = path.Split('.', '[');
        if (parts[0] != "observability")
        {
            return !OtherSections.Contains(parts[0]);
        }

        int key = parts is [_, "backends", _, _, ..] ? 3 : 1; // observability.backends.NAME.KEY
        return parts.Length <= key || !Reaching.Contains(parts[key]);
    }
}
