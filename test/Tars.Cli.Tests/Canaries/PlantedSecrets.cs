using Tars.TestKit;
using Tars.TestKit.Canaries;

namespace Tars.Cli.Tests.Canaries;

/// <summary>A folder with a configuration whose every secret is a canary: in the file, in files it names, in variables, in headers.</summary>
internal sealed class PlantedSecrets : IDisposable
{
    private readonly TemporaryDirectory _planted = new();
    private readonly List<Canary> _canaries = [];
    private readonly HashSet<string> _files = new(StringComparer.Ordinal);
    private string? _ring;

    /// <summary>Plants them.</summary>
    /// <param name="backend">The metrics backend.</param>
    /// <param name="login">How it is logged in to: <c>bearer</c>, <c>bearer file</c>, <c>basic</c> or <c>basic file</c>.</param>
    public PlantedSecrets(Uri backend, string login)
    {
        string header = Plant("header X-Scope-OrgID");
        string other = Plant("password of another backend");
        string auth = login switch
        {
            "bearer" => $"bearer_token: {Plant("bearer token in the file")}",
            "bearer file" => $"bearer_token_file: {PlantFile("token", "bearer token file")}",
            "basic" => $$"""{ username: ann, password: "${CANARY_PASSWORD}" }""",
            _ => $$"""{ username: ann, password_file: {{PlantFile("password", "password file")}} }""",
        };
        auth = auth.StartsWith('{') ? auth : $"{{ {auth} }}";
        Environment["CANARY_PASSWORD"] = Plant("variable of a placeholder");
        Environment["CANARY_HEADER"] = Plant("variable of a header");
        Environment["TARS_API_JWT_SECRET"] = Plant("variable TARS_API_JWT_SECRET");
        Environment["TARS_SECRETS_VAULT_TOKEN"] = Plant("variable TARS_SECRETS_VAULT_TOKEN");
        foreach (string variable in new[] { "VAULT_TOKEN", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AZURE_CLIENT_SECRET", "TARS_SECRET_JWT_SECRET", "PGPASSWORD" })
        {
            Environment[variable] = Plant($"variable {variable}");
        }

        Environment["GOOGLE_APPLICATION_CREDENTIALS"] = PlantFile("google.json", "service account key");
        ConfigPath = _planted.WriteText("fleet.yaml", $$"""
            observability:
              prometheus_url: {{backend}}
              step: 1m
              retries: 0
              headers: { X-Scope-OrgID: {{header}}, X-Second: "${CANARY_HEADER}" }
              auth: {{auth}}
              backends:
                other: { prometheus_url: '{{backend}}', auth: { username: ann, password: {{other}} } }
            services:
              - { name: frontend, labels: { service: frontend }, preset: prometheus-http }
            objectives:
              - { service: frontend, indicator: availability, target: 50%, window: 7d }
            """);
        _files.Add(ConfigPath);
    }

    /// <summary>The configuration.</summary>
    public string ConfigPath { get; }

    /// <summary>The variables.</summary>
    public Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Runs commands among them.</summary>
    public CanaryRun Run() => new(Search, _files);

    /// <summary>Plants a key ring and what it sealed in the folder of a run, and the file that a secret key is exported to.</summary>
    public void PlantKeys(PlantedKeys keys, string folder)
    {
        keys.CopyTo(folder);
        PlantRing(folder);
        foreach (string file in (string[])["imported.key", "exported.key"])
        {
            _files.Add(Path.Combine(folder, file));
        }

        _canaries.AddRange(PlantedKeys.In(Path.Combine(folder, "imported.key")));
    }

    /// <summary>Names the folder whose ring, also when the command makes it, has secret keys in its key files and nowhere else.</summary>
    public void PlantRing(string folder) => _ring = Path.Combine(folder, "made");

    /// <summary>Writes a configuration of the predecessor with canaries and returns its path.</summary>
    /// <param name="folder">The folder it is written to; migration keeps a backup beside it.</param>
    public string PlantPredecessor(string folder)
    {
        string path = Path.Combine(folder, "old.yaml");
        File.WriteAllText(path, $$"""
            security: { vault_token: {{Plant("vault token of the predecessor")}} }
            api: { jwt_secret: {{Plant("jwt secret of the predecessor")}}, api_keys: { {{Plant("api key of the predecessor")}}: admin } }
            """);
        _files.Add(path);
        _files.Add(path + ".before-tars");
        return path;
    }

    /// <summary>Writes a configuration that is wrong wherever a secret stands, and returns its path.</summary>
    public string PlantWrong()
    {
        string path = _planted.WriteText("wrong.yaml", $$"""
            observability:
              headers: { "not a header": {{Plant("value of a header that is none")}} }
              auth: { username: ann, password: "{{Plant("password with a broken placeholder")}}${x", bearer_token: {{Plant("token beside a password")}} }
              prometheus_url: https://ann:{{Plant("password in an address")}}@prometheus.example.com
            api: { jwt_secret: [{{Plant("secret in a list")}}] }
            secrets: { vault_token: { a: {{Plant("secret in a map")}} } }
            """);
        _files.Add(path);
        return path;
    }

    public void Dispose() => _planted.Dispose();

    private CanarySearch Search()
    {
        string[] keys = Directory.Exists(_ring) ? Directory.GetFiles(_ring, "*.key") : [];
        _files.UnionWith(keys);
        return new CanarySearch([.. _canaries, .. keys.SelectMany(PlantedKeys.In)]);
    }

    private string Plant(string name)
    {
        Canary canary = Canary.Draw(name);
        _canaries.Add(canary);
        return canary.Text;
    }

    private string PlantFile(string file, string name)
    {
        string path = _planted.WriteText(file, Plant(name) + "\n");
        _files.Add(path);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return path;
    }
}
