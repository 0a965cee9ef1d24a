using Tars.Configuration.Layers;

namespace Tars.Server.Telemetry;

/// <summary>What the section <c>telemetry</c> says about metrics.</summary>
/// <param name="IsServed">Whether they are served at all.</param>
/// <param name="Prefix">What their names begin with.</param>
/// <param name="Host">Where a listener of their own listens.</param>
/// <param name="Port">Its port; null where the API's port has them.</param>
/// <param name="NeedsCredential">Whether they are read with a credential only, on the API's port.</param>
public sealed record TelemetrySettings(bool IsServed, string Prefix, string Host, int? Port, bool NeedsCredential)
{
    /// <summary>Binds the section.</summary>
    public static TelemetrySettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection telemetry = loaded.Section("telemetry");
        return new TelemetrySettings(
            telemetry.Flag("enabled") && telemetry.Flag("enable_prometheus_metrics"),
            telemetry.Text("metrics_prefix"),
            telemetry.Text("prometheus_host"),
            telemetry.Has("prometheus_port") ? telemetry.Integer("prometheus_port") : null,
            telemetry.Text("metrics_access") == "authenticated");
    }
}
