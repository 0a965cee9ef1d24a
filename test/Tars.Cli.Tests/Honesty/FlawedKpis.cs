using System.Text.Json;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Cli.Tests.Honesty;

/// <summary>One run of <c>tars kpi -o json</c> over all <see cref="FlawedServices"/>.</summary>
public sealed class FlawedKpis(BackfilledPrometheus backend) : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private JsonDocument? _json;

    /// <summary>How the run ended.</summary>
    public CommandResult? Result { get; private set; }

    /// <summary>The summary; skips the calling test where Prometheus is not installed.</summary>
    public JsonElement Summary
    {
        get
        {
            backend.Require();
            return _json!.RootElement;
        }
    }

    /// <summary>A service of the summary.</summary>
    public JsonElement Service(string name) => Summary.GetProperty("services").EnumerateArray().Single(service => service.GetProperty("name").GetString() == name);

    /// <summary>The comparison of a service with its objective.</summary>
    public JsonElement Objective(string service) => Summary.GetProperty("objectives").EnumerateArray().Single(result => result.GetProperty("service").GetString() == service);

    /// <summary>Runs the command over some of the services.</summary>
    public async Task<CommandResult> RunAsync(params string[] arguments)
    {
        string[] window = ["--config", "flawed.yaml", .. backend.Flags, "--from", FlawedServices.From, "--to", FlawedServices.To];
        return await BuiltCommand.RunAsync(_folder.Path, ["kpi", .. window, .. arguments]);
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _folder.WriteText("flawed.yaml", FlawedServices.Configuration);
        if (Executables.Find(PrometheusServer.Program) is not null)
        {
            Result = await RunAsync("-o", "json", "--output", "none");
            _json = JsonDocument.Parse(Result.Output);
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _json?.Dispose();
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }
}
