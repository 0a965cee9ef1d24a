using Tars.Application.Settings;
using Tars.Application.Settings.Refusals;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.TestKit;

namespace Tars.Application.Tests.Settings.Refusals;

/// <summary>Binds a configuration under a profile, in a folder that has the files a complete one names.</summary>
internal sealed class ProfileFile : IDisposable
{
    /// <summary>All that prod asks for, in a file; sealing itself is missing in this version, so what it refuses is left to its own test.</summary>
    public const string Production = """
        api:
          tls_cert_path: tls.crt
          tls_key_path: tls.key
          jwt_secret: "kZ0q8mYV3t7wXx2bRr5nLd1sGf6hJc9u"
          cors_origins: [https://dashboard.example.com]
        security:
          key_ring: keys

        """;

    private readonly TemporaryDirectory _folder = new();

    public ProfileFile()
    {
        _folder.WriteText("tls.crt", "x");
        _folder.WriteText("tls.key", "x");
        _folder.WriteText("keys/a", "x");
    }

    public string[] Refusals(string profile, Requirements requirements, string yaml, params (string Name, string Value)[] environment)
    {
        try
        {
            Bind(profile, requirements, yaml, environment);
            return [];
        }
        catch (SettingsException refusal)
        {
            return [.. refusal.Problems.Select(problem => problem.ToString())];
        }
    }

    public TarsSettings Bind(string profile, Requirements requirements, string yaml, params (string Name, string Value)[] environment)
    {
        _folder.WriteText("tars.yaml", yaml);
        return TarsSettings.Load(
            new SettingsSearch { WorkingFolder = _folder.Path, Profile = profile, Environment = environment.ToDictionary(pair => pair.Name, pair => pair.Value) },
            requirements);
    }

    public void Dispose() => _folder.Dispose();

    /// <summary>The refusals that are not the missing of a feature in this version.</summary>
    public static string[] WithoutMissing(IEnumerable<string> refusals) => [.. refusals.Where(text => !text.Contains("is not available yet", StringComparison.Ordinal))];
}
