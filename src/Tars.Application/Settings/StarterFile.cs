using System.Text;
using Tars.Application.Publishing;
using Tars.Configuration;
using Tars.Configuration.Documents;

namespace Tars.Application.Settings;

/// <summary>A new configuration file.</summary>
public static class StarterFile
{
    /// <summary>Writes <paramref name="text"/> whole or not at all.</summary>
    /// <param name="path">The file; its folder is made when it does not exist.</param>
    /// <param name="text">Its text.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <exception cref="SettingsException">There is such a file.</exception>
    /// <exception cref="OutputException">The disk refused.</exception>
    public static void Write(string path, string text, bool force)
    {
        Refuse(path, force);
        MigratedFile.WriteWhole(path, Encoding.UTF8.GetBytes(text), null);
    }

    /// <summary>Refuses a path where there is something, unless it may be replaced.</summary>
    /// <param name="path">The file.</param>
    /// <param name="force">Whether it may.</param>
    /// <exception cref="SettingsException">There is such a file.</exception>
    public static void Refuse(string path, bool force)
    {
        if (!force && Path.Exists(path))
        {
            throw SettingsException.Of(new Origin(LayerKind.CommandLine, "--output", 0, 0), "", $"{path} exists; choose another, or replace it with --force");
        }
    }
}
