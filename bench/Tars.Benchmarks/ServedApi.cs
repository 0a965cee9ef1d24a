using System.Diagnostics;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Tars.Benchmarks;

/// <summary>The installation that is measured: a demo's results in a store, a user, and <c>tars serve</c> as a process.</summary>
internal sealed class ServedApi : IAsyncDisposable
{
    private const string Password = "violet kettle 42 harbour";
    private readonly string _tars;
    private readonly string _folder;
    private Process? _server;

    private ServedApi(string tars, string folder) => (_tars, _folder) = (tars, folder);

    /// <summary>Where it answers.</summary>
    public Uri Address { get; private set; } = null!;

    /// <summary>The server's process.</summary>
    public Process Server => _server ?? throw new InvalidOperationException("the server was not started");

    /// <summary>Seconds from the start of the process until it was ready.</summary>
    public double Ready { get; private set; }

    /// <summary>Makes the store: the demo's days, a user, an audit log.</summary>
    public static ServedApi Create(string tars, string folder)
    {
        ServedApi api = new(tars, folder);
        api.Run(null, "demo");
        for (int day = 12; day <= 18; day++)
        {
            api.Run(null, "daily", "--config", "tars-demo/tars.yaml", "--capture", "tars-demo/capture", "--date", $"2026-01-{day}", "--store");
        }

        api.Run(null, "audit", "init", "--config", "tars-demo/tars.yaml");
        api.Run(Password, "users", "create", "reader", "--role", "readonly", "--password-stdin", "--config", "tars-demo/tars.yaml");
        return api;
    }

    /// <summary>Starts the server, and waits until it is ready.</summary>
    /// <param name="settings">Settings, <c>a.b=c</c>.</param>
    public async Task StartAsync(params string[] settings)
    {
        await StopAsync();
        ProcessStartInfo start = new(_tars) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string argument in (string[])["serve", "--config", "tars-demo/tars.yaml", "--urls", "http://127.0.0.1:0", .. settings.SelectMany(setting => (string[])["--set", setting])])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["TARS_API_JWT_SECRET"] = "0123456789abcdef0123456789abcdef-bench";
        long began = Stopwatch.GetTimestamp();
        _server = Process.Start(start)!;
        Task<string> error = _server.StandardError.ReadToEndAsync();
        string? line;
        do
        {
            line = await _server.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException($"tars serve ended before it listened: {await error}");
        }
        while (!line.StartsWith("listening on ", StringComparison.Ordinal));
        Address = new Uri(line["listening on ".Length..].Split(',')[0]);
        using HttpClient client = new() { BaseAddress = Address };
        while (!(await client.GetAsync(new Uri("/health/ready", UriKind.Relative))).IsSuccessStatusCode)
        {
            await Task.Delay(5);
        }

        Ready = Stopwatch.GetElapsedTime(began).TotalSeconds;
        _ = _server.StandardOutput.ReadToEndAsync();
    }

    /// <summary>Logs in.</summary>
    /// <returns>An access token.</returns>
    public async Task<string> LogInAsync()
    {
        using HttpClient client = new() { BaseAddress = Address };
        using HttpResponseMessage answer = await client.PostAsJsonAsync(new Uri("/auth/login", UriKind.Relative), new JsonObject { ["username"] = "reader", ["password"] = Password });
        string text = await answer.Content.ReadAsStringAsync();
        return answer.IsSuccessStatusCode ? (string)JsonNode.Parse(text)!["access_token"]! : throw new InvalidOperationException($"login: {(int)answer.StatusCode} {text}");
    }

    /// <summary>Resident memory of the server now, MiB.</summary>
    public double Memory()
    {
        Server.Refresh();
        return Server.WorkingSet64 / 1048576.0;
    }

    /// <summary>Ends the server as an operator does.</summary>
    public async Task StopAsync()
    {
        if (_server is { HasExited: false })
        {
            using Process kill = Process.Start("kill", ["-TERM", _server.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
            await _server.WaitForExitAsync();
        }

        _server?.Dispose();
        _server = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private void Run(string? input, params string[] arguments)
    {
        ProcessStartInfo start = new(_tars) { WorkingDirectory = _folder, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        process.StandardInput.WriteLine(input);
        process.StandardInput.Close();
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"tars {string.Join(' ', arguments)}: exit {process.ExitCode}\n{output}{error.Result}");
        }
    }
}
