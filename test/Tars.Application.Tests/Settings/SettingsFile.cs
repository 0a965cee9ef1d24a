using Tars.Application.Settings;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.TestKit;

namespace Tars.Application.Tests.Settings;

/// <summary>Binds a configuration written in a test.</summary>
internal static class SettingsFile
{
    public const string OneService = "services: [{name: a, preset: process}]\n";

    public static TarsSettings Bind(string yaml, params (string Name, string Value)[] environment)
    {
        using TemporaryDirectory folder = new();
        folder.WriteText("tars.yaml", yaml);
        return TarsSettings.Load(new SettingsSearch
        {
            WorkingFolder = folder.Path,
            Environment = environment.ToDictionary(pair => pair.Name, pair => pair.Value),
        });
    }

    public static string[] Refusals(string yaml) =>
        [.. Xunit.Assert.Throws<SettingsException>(() => Bind(yaml)).Problems.Select(problem => problem.ToString())];
}
