using System.Text;
using Tars.Application.Publishing;
using Tars.Configuration;
using Tars.Configuration.Documents;
using Tars.Configuration.Migration;
using Tars.Configuration.Sections;

namespace Tars.Application.Settings;

/// <summary>A predecessor's configuration file that is turned into one of ours in its place, with the old file kept beside it.</summary>
/// <param name="path">The file.</param>
public sealed class MigratedFile(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>The file.</summary>
    public string Path { get; } = path;

    /// <summary>Where the old file is kept: beside the file, with <c>.before-tars</c> after its name.</summary>
    public string BackupPath => Path + ".before-tars";

    /// <summary>Reads the old file and says what would become of it; writes nothing.</summary>
    /// <exception cref="SettingsException">The file is not there, cannot be read or is no configuration.</exception>
    public MigratedSettings Plan()
    {
        if (!File.Exists(Path))
        {
            throw Refused(Directory.Exists(Path) ? "is a folder; give one of its files" : "there is no such file");
        }

        try
        {
            return MigratedSettings.Read(File.ReadAllBytes(Path), Path, TarsSchema.Instance);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw Refused($"cannot be read: {failure.Message}");
        }
    }

    /// <summary>Keeps the old file and puts the new one in its place. A kill at any moment leaves either the old file or the new one there.</summary>
    /// <exception cref="SettingsException">There is a backup already, or the file's name says JSON.</exception>
    /// <exception cref="OutputException">The disk refused; the old file is in its place.</exception>
    public void Write(MigratedSettings migrated)
    {
        ArgumentNullException.ThrowIfNull(migrated);
        if (File.Exists(BackupPath))
        {
            throw Refused($"was migrated before: {BackupPath} is there; --rollback puts it back");
        }

        if (Path.EndsWith(".json", StringComparison.OrdinalIgnoreCase))
        {
            throw Refused("is JSON, and YAML is written; give --output tars.yaml");
        }

        UnixFileMode? mode = OperatingSystem.IsWindows() ? null : File.GetUnixFileMode(Path);
        WriteWhole(BackupPath, File.ReadAllBytes(Path), mode);
        WriteWhole(Path, Encoding.UTF8.GetBytes(migrated.ToYaml()), migrated.HoldsSecret && mode is not null ? OwnerOnly : mode);
    }

    /// <summary>Writes the new file somewhere else and leaves the old one as it is.</summary>
    /// <param name="migrated">What is written.</param>
    /// <param name="output">The new file.</param>
    /// <param name="force">Whether a file that is there is replaced.</param>
    /// <exception cref="SettingsException">There is such a file.</exception>
    /// <exception cref="OutputException">The disk refused.</exception>
    public static void WriteTo(MigratedSettings migrated, string output, bool force)
    {
        ArgumentNullException.ThrowIfNull(migrated);
        if (!force && System.IO.Path.Exists(output))
        {
            throw SettingsException.Of(new Origin(LayerKind.CommandLine, "--output", 0, 0), "", $"{output} exists; choose another, or replace it with --force");
        }

        WriteWhole(output, Encoding.UTF8.GetBytes(migrated.ToYaml()), migrated.HoldsSecret && !OperatingSystem.IsWindows() ? OwnerOnly : null);
    }

    /// <summary>Puts the old file back, byte for byte, and removes the backup; what was written since is gone.</summary>
    /// <exception cref="SettingsException">There is no backup.</exception>
    /// <exception cref="OutputException">The disk refused.</exception>
    public void RollBack()
    {
        if (!File.Exists(BackupPath))
        {
            throw Refused($"has no backup {BackupPath} to be restored from");
        }

        try
        {
            File.Move(BackupPath, Path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new OutputException(Path, failure.Message, failure);
        }
    }

    /// <summary>Writes a file whole: under a temporary name with its final mode from the first byte, flushed, renamed.</summary>
    /// <exception cref="OutputException">The disk refused; nothing was replaced.</exception>
    internal static void WriteWhole(string path, ReadOnlySpan<byte> bytes, UnixFileMode? mode)
    {
        string temporary = $"{path}.{Environment.ProcessId}.tars-tmp";
        try
        {
            if (System.IO.Path.GetDirectoryName(System.IO.Path.GetFullPath(path)) is string folder)
            {
                Directory.CreateDirectory(folder);
            }

            File.Delete(temporary);
            FileStreamOptions options = new() { Mode = FileMode.CreateNew, Access = FileAccess.Write };
            if (!OperatingSystem.IsWindows())
            {
                options.UnixCreateMode = mode;
            }

            using (FileStream file = new(temporary, options))
            {
                file.Write(bytes);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            File.Delete(temporary);
            throw new OutputException(path, failure.Message, failure);
        }
    }

    private SettingsException Refused(string message) => SettingsException.Of(new Origin(LayerKind.File, Path, 0, 0), "", message);
}
