using System.Security.Cryptography;
using Tars.TestKit;
using Tars.TestKit.Canaries;
using Xunit;

namespace Tars.Cli.Tests.Canaries;

/// <summary>A real key ring, a file sealed for a key that was rotated since, a signed file, and a private key to import: made once, copied for each run.</summary>
public sealed class PlantedKeys : IAsyncLifetime
{
    private readonly TemporaryDirectory _made = new();

    /// <summary>The id of the ring's RSA key, for the commands that name one.</summary>
    public string RsaKeyId { get; private set; } = "";

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _made.WriteText("series.csv", "timestamp,value\n" + string.Concat(Enumerable.Range(0, 200).Select(i => $"{1767571200 + (i * 60)},{i % 7}\n")));
        string[] commands =
        [
            "keys create signing --ring made", "keys create encryption --ring made", "encrypt series.csv --key-ring made",
            "sign series.csv --ring made", "keys rotate encryption --ring made",
        ];
        foreach (string command in commands)
        {
            CommandResult result = await TarsProgram.RunAsync(_made.Path, command.Split(' '));
            Assert.True(result.ExitCode == 0, $"tars {command}:\n{result.Error}");
        }

        // Out of the way of the commands that seal and sign the file again.
        Directory.CreateDirectory(_made.Combine("kept"));
        File.Copy(_made.Combine("series.csv"), _made.Combine("kept", "series.csv"));
        File.Move(_made.Combine("series.csv.sealed"), _made.Combine("kept", "series.csv.sealed"));
        File.Move(_made.Combine("series.csv.dsse.json"), _made.Combine("kept", "series.csv.dsse.json"));
        using ECDsa other = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        _made.WriteText("imported.key", other.ExportPkcs8PrivateKeyPem() + "\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(_made.Combine("imported.key"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        RsaKeyId = Path.GetFileNameWithoutExtension(new DirectoryInfo(_made.Combine("made")).GetFiles("*.pub").MaxBy(file => file.Length)!.Name);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _made.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Copies all of it to a folder.</summary>
    public void CopyTo(string folder)
    {
        foreach (string path in Directory.EnumerateDirectories(_made.Path, "*", SearchOption.AllDirectories))
        {
            DirectoryInfo target = Directory.CreateDirectory(Path.Combine(folder, Path.GetRelativePath(_made.Path, path)));
            if (!OperatingSystem.IsWindows())
            {
                target.UnixFileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
            }
        }

        foreach (string path in Directory.EnumerateFiles(_made.Path, "*", SearchOption.AllDirectories))
        {
            File.Copy(path, Path.Combine(folder, Path.GetRelativePath(_made.Path, path)));
        }
    }

    /// <summary>Returns the canaries in the private key or AES key at <paramref name="path"/>: of one line of it, as it stands and as the bytes that it encodes.</summary>
    public static IEnumerable<Canary> In(string path)
    {
        string[] lines = [.. File.ReadAllLines(path).Where(line => !line.StartsWith('-'))];
        string line = lines[lines.Length / 2].Trim();
        string name = $"private key {Path.GetFileName(path)}";
        yield return new Canary(name, line[..36]);
        if (lines.Length == 1)
        {
            yield return new Canary(name + " in base64", Convert.ToBase64String(Convert.FromHexString(line))[..36]);
        }
    }
}
