using System.Text;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;
using Tars.Configuration.Sections;

namespace Tars.Configuration.Tests;

/// <summary>Loads settings from texts, in a folder of its own.</summary>
internal sealed class Settings : IDisposable
{
    public Settings() => Directory.CreateDirectory(Folder);

    public string Folder { get; } = Path.Combine(Path.GetTempPath(), "tars-settings-" + Path.GetRandomFileName());

    public Dictionary<string, string> Environment { get; } = [];

    public List<CommandLineSetting> CommandLine { get; } = [];

    public string? Profile { get; set; }

    public string? ConfigPath { get; set; }

    public Settings File(string name, string text)
    {
        string path = Path.Combine(Folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        System.IO.File.WriteAllText(path, text);
        return this;
    }

    public Settings Set(string argument)
    {
        CommandLine.Add(CommandLineSetting.Parse(argument));
        return this;
    }

    /// <summary>What the backend has, for <see cref="LoadAsync"/>.</summary>
    public ListedSecrets Backend { get; } = new();

    public SettingsSearch Search => new()
    {
        ConfigPath = ConfigPath,
        Profile = Profile,
        Environment = Environment,
        CommandLine = CommandLine,
        WorkingFolder = Folder,
        UserFolder = Path.Combine(Folder, "user"),
        SystemFolder = Path.Combine(Folder, "system"),
    };

    public LoadedSettings Load() => SettingsLoader.Load(Search, TarsSchema.Instance);

    public Task<LoadedSettings> LoadAsync() => SettingsLoader.LoadAsync(Search, TarsSchema.Instance, _ => Backend, TestContext.Current.CancellationToken);

    public async Task<string[]> RefusalsAsync() => [.. (await Assert.ThrowsAsync<SettingsException>(LoadAsync)).Problems.Select(problem => problem.ToString())];

    public string[] Refusals() => [.. Assert.Throws<SettingsException>(() => Load()).Problems.Select(problem => problem.ToString())];

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    public static LoadedSettings Of(string yaml)
    {
        using Settings settings = new();
        return settings.File("tars.yaml", yaml).Load();
    }

    public static string[] RefusalsOf(string yaml)
    {
        using Settings settings = new();
        return settings.File("tars.yaml", yaml).Refusals();
    }

    public static SettingsNode.Map Read(string text, string name = "tars.yaml") => SettingsDocument.Read(Encoding.UTF8.GetBytes(text), name);

    public static string[] ReadRefusals(byte[] bytes, string name = "tars.yaml") =>
        [.. Assert.Throws<SettingsException>(() => SettingsDocument.Read(bytes, name)).Problems.Select(problem => problem.ToString())];

    public static string[] ReadRefusals(string text, string name = "tars.yaml") => ReadRefusals(Encoding.UTF8.GetBytes(text), name);
}
