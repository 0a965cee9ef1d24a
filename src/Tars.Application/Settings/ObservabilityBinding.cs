using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Configuration.Schemas;
using Tars.Observability.TimeSeries;

namespace Tars.Application.Settings;

/// <summary>Binds the <c>observability</c> section.</summary>
internal static class ObservabilityBinding
{
    /// <summary>The name of the backend at <c>observability.prometheus_url</c>.</summary>
    public const string DefaultName = "default";

    public static ObservabilitySettings? Bind(SettingsSection section, List<SettingsProblem> problems)
    {
        Dictionary<string, BackendSettings> backends = new(StringComparer.Ordinal) { [DefaultName] = Backend(DefaultName, section, problems) };
        foreach ((string name, SettingsSection backend) in section.NamedSections("backends"))
        {
            if (!backends.TryAdd(name, Backend(name, backend, problems)))
            {
                problems.Add(backend.Problem(null, $"{DefaultName} is the name of observability.prometheus_url; write another"));
            }
        }

        if (!backends.TryGetValue(section.Text("backend"), out BackendSettings? chosen))
        {
            problems.Add(section.Problem("backend", Unknown(section.Text("backend"), "backend", backends.Keys)));
            return null;
        }

        return new ObservabilitySettings(
            chosen,
            backends,
            section.Flag("prometheus_enabled"),
            section.Duration("step"),
            new Ratio(section.Ratio("coverage_minimum")),
            section.Duration("settle_delay"),
            section.Duration("bridge_limit"),
            section.Duration("timeout"),
            section.Duration("connect_timeout"),
            section.Integer("retries"),
            section.Integer("concurrency"),
            section.Integer("points_limit"),
            section.Integer("series_limit"),
            section.Bytes("response_limit"),
            TimeZoneInfo.FindSystemTimeZoneById(section.Text("time_zone")),
            section.Text("output_dir"));
    }

    /// <summary>Returns the text for a name that nothing bears.</summary>
    public static string Unknown(string name, string kind, IEnumerable<string> known)
    {
        string[] names = [.. known];
        string? nearest = Nearest.Of(name, names);
        return nearest is not null ? $"there is no {kind} {name}; did you mean {nearest}?"
            : names.Length == 0 ? $"there is no {kind} {name}; none is configured"
            : $"there is no {kind} {name}; known: {string.Join(", ", names.Take(20))}";
    }

    private static BackendSettings Backend(string name, SettingsSection section, List<SettingsProblem> problems)
    {
        SettingsSection tls = section.Section("tls");
        if (tls.Has("key_file") && !tls.Has("cert_file"))
        {
            problems.Add(tls.Problem("key_file", "is given without cert_file; write the certificate as well"));
        }

        return new BackendSettings(
            name,
            section.Url("prometheus_url"),
            section.Text("dialect"),
            section.Text("method"),
            section.TextMap("headers").ToDictionary(StringComparer.OrdinalIgnoreCase),
            Authentication(section.Section("auth"), problems),
            tls.FilePathOrNull("ca_file"),
            tls.FilePathOrNull("cert_file"),
            tls.FilePathOrNull("key_file"),
            section.Has("proxy_url") ? section.Url("proxy_url") : null);
    }

    private static BackendAuthentication Authentication(SettingsSection auth, List<SettingsProblem> problems)
    {
        SecretSource? password = Secret(auth, "password", "password_file", problems);
        SecretSource? token = Secret(auth, "bearer_token", "bearer_token_file", problems);
        if (token is not null && (auth.Has("username") || password is not null))
        {
            problems.Add(auth.Problem(null, "has both a user and a bearer token; keep one"));
        }

        if (token is not null)
        {
            return new BackendAuthentication.Bearer(token);
        }

        if (auth.Has("username") != password is not null)
        {
            problems.Add(auth.Problem(null, password is null ? "has a username without password; write password_file" : "has a password without username"));
            return new BackendAuthentication.None();
        }

        return password is null ? new BackendAuthentication.None() : new BackendAuthentication.Basic(auth.Text("username"), password);
    }

    private static SecretSource? Secret(SettingsSection auth, string key, string fileKey, List<SettingsProblem> problems)
    {
        if (auth.Has(key) && auth.Has(fileKey))
        {
            problems.Add(auth.Problem(fileKey, $"is given beside {key}; keep one"));
        }

        return auth.Has(key) ? new SecretSource.Inline(auth.Text(key))
            : auth.FilePathOrNull(fileKey) is string path ? new SecretSource.File(path, auth.OriginOf(fileKey), $"{auth.Path}.{fileKey}")
            : null;
    }
}
