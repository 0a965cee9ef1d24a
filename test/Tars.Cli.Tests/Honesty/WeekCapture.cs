using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Honesty;

/// <summary>
/// A capture of <see cref="SteadyWeek"/>, made by <c>tars capture</c>. It begins two weeks before the last day, although the samples begin
/// later: so far back a command that looks at that day reads history.
/// </summary>
public sealed class WeekCapture(BackfilledPrometheus backend) : IAsyncLifetime
{
    public const string From = "2025-12-29";

    public const string To = "2026-01-13";

    private readonly TemporaryDirectory _folder = new();

    /// <summary>How the capture went.</summary>
    public CommandResult? Made { get; private set; }

    /// <summary>The folder that holds the configuration and the capture.</summary>
    public string Folder => _folder.Path;

    /// <summary>The capture.</summary>
    public string Capture => _folder.Combine("capture");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _folder.WriteText("week.yaml", SteadyWeek.Configuration);
        if (Executables.Find(PrometheusServer.Program) is not null)
        {
            Made = await BuiltCommand.RunAsync(
                Folder, ["capture", "--config", "week.yaml", .. backend.Flags, "--from", From, "--to", To, "--output", "capture"]);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
