using System.Net;
using System.Text.Json;
using Tars.Simulation.Backends;
using Tars.Simulation.Fleets;
using Tars.TestKit;
using Tars.TestKit.Servers;
using Xunit;

namespace Tars.Simulation.Tests.Backends;

/// <summary>Six hours of a fleet, with a gap of half an hour, behind the simulated backend and in the real Prometheus.</summary>
public sealed class ServerPair : IAsyncLifetime
{
    private readonly TemporaryDirectory _folder = new();
    private readonly HttpClient _client = new();
    private PrometheusServer? _prometheus;

    public ServerPair()
    {
        Fleet = FleetGenerator.Generate((ulong)Seeds.Draw(), new FleetOptions { Duration = TimeSpan.FromHours(6), Faults = [], Decoys = [] });
        foreach (SimulatedSeries series in Fleet.Series)
        {
            series.Samples.AsSpan(200..230).Fill(double.NaN);
        }
    }

    public SimulatedFleet Fleet { get; }

    public SimulatedBackend Simulated { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Simulated = await SimulatedBackend.StartAsync(Fleet, TimeProvider.System, CancellationToken.None);
        if (Executables.Find(PrometheusServer.Program) is not null)
        {
            string file = _folder.Combine("fleet.txt");
            await using (StreamWriter writer = new(file))
            {
                OpenMetricsExport.Write(Fleet, writer);
            }

            _prometheus = await PrometheusServer.StartAsync(new PrometheusOptions { OpenMetricsFiles = [file] });
        }
    }

    /// <summary>Asks both the same; skips the test where Prometheus is not installed.</summary>
    public async Task<(Answer Simulated, Answer Prometheus)> AskAsync(string path, params (string Name, string Value)[] parameters)
    {
        Executables.Require(PrometheusServer.Program);
        return (await AskAsync(Simulated.Address, path, parameters), await AskAsync(_prometheus!.Address, path, parameters));
    }

    /// <summary>Asks the simulated backend.</summary>
    public Task<Answer> AskSimulatedAsync(string path, params (string Name, string Value)[] parameters) => AskAsync(Simulated.Address, path, parameters);

    public async ValueTask DisposeAsync()
    {
        await Simulated.DisposeAsync();
        if (_prometheus is not null)
        {
            await _prometheus.DisposeAsync();
        }

        _client.Dispose();
        _folder.Dispose();
    }

    private async Task<Answer> AskAsync(Uri address, string path, (string Name, string Value)[] parameters)
    {
        string query = string.Join('&', parameters.Select(parameter => $"{Uri.EscapeDataString(parameter.Name)}={Uri.EscapeDataString(parameter.Value)}"));
        using HttpResponseMessage response = await _client.GetAsync(new Uri(address, $"{path}?{query}"));
        return new Answer(response.StatusCode, await response.Content.ReadAsStringAsync());
    }
}

/// <summary>An answer of either server.</summary>
public sealed record Answer(HttpStatusCode Status, string Text)
{
    public JsonElement Json => JsonDocument.Parse(Text).RootElement;

    public string ErrorType => Json.GetProperty("errorType").GetString()!;

    public string Error => Json.GetProperty("error").GetString()!;

    /// <summary>Values by labels and time; each value as the text that was sent.</summary>
    public SortedDictionary<string, string> Values()
    {
        SortedDictionary<string, string> values = new(StringComparer.Ordinal);
        foreach (JsonElement series in Json.GetProperty("data").GetProperty("result").EnumerateArray())
        {
            string labels = string.Join(',', series.GetProperty("metric").EnumerateObject().OrderBy(label => label.Name, StringComparer.Ordinal).Select(label => $"{label.Name}={label.Value}"));
            IEnumerable<JsonElement> points = series.TryGetProperty("values", out JsonElement many) ? many.EnumerateArray() : [series.GetProperty("value")];
            foreach (JsonElement point in points)
            {
                values.Add($"{labels} at {point[0].GetRawText()}", point[1].GetString()!);
            }
        }

        return values;
    }
}
