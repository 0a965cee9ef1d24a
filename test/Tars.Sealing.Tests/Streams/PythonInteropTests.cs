using System.Globalization;
using System.Security.Cryptography;
using Tars.Sealing.Streams;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Streams;

/// <summary>
/// <c>test/interop/sealed_file.py</c>, written from the format's description, against ours. <c>TARS_INTEROP_COUNT</c> sets the number of files;
/// <c>bench/long/interop-sealed.sh</c> takes 1,000.
/// </summary>
public sealed class PythonInteropTests : IDisposable
{
    private static readonly int Count = int.Parse(Environment.GetEnvironmentVariable("TARS_INTEROP_COUNT") ?? "40", NumberStyles.None, CultureInfo.InvariantCulture);

    private readonly TemporaryDirectory _folder = new();
    private readonly KeyEncryptionKey _key = SealedSample.Key("interop", 300);
    private readonly string _keyHex = Convert.ToHexStringLower(SHA256.HashData("interop/300"u8));

    [Fact]
    public async Task Python_FilesSealedHere_OpensAll()
    {
        string python = await RequirePythonAsync();
        Random random = Prepare();
        for (int i = 0; i < Count; i++)
        {
            string name = await WritePlainAsync(random, i);
            SealOptions options = new(random.Next(2) == 0 ? "text/csv" : SealOptions.UnknownContent, 1 << random.Next(14, 21));
            KeyEncryptionKey[] others = [.. Enumerable.Range(0, random.Next(4)).Select(n => SealedSample.Key("other", n + 1))];
            await FileSealing.SealAsync(_folder.Combine("plain", name), _folder.Combine("sealed", name), [.. others, _key], options, Cancelled);
        }

        await RunAsync(python, "open", "sealed", "result");

        AssertSame(name => File.ReadAllBytes(_folder.Combine("result", name)));
    }

    [Fact]
    public async Task Open_FilesSealedByPython_OpensAll()
    {
        string python = await RequirePythonAsync();
        Random random = Prepare();
        for (int i = 0; i < Count; i++)
        {
            await WritePlainAsync(random, i);
        }

        await RunAsync(python, "seal", "plain", "sealed");

        foreach (string path in Directory.EnumerateFiles(_folder.Combine("sealed")))
        {
            OpenResult result = await FileSealing.OpenAsync(path, _folder.Combine("result", Path.GetFileName(path)), [_key], Cancelled);
            Assert.True(result is OpenResult.Opened, result.Description);
        }

        AssertSame(name => File.ReadAllBytes(_folder.Combine("result", name)));
    }

    [Fact]
    public void SealedFilePython_Lines_AreAtMost120() =>
        Assert.InRange(File.ReadLines(RepositoryRoot.PathOf("test/interop/sealed_file.py")).Count(), 60, 120);

    public void Dispose()
    {
        _key.Dispose();
        _folder.Dispose();
    }

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    private Random Prepare()
    {
        foreach (string name in new[] { "plain", "sealed", "result" })
        {
            Directory.CreateDirectory(_folder.Combine(name));
        }

        return new Random(Seeds.Draw());
    }

    /// <summary>A file of random length: short, around a multiple of a chunk size, or up to 3 MiB.</summary>
    private async Task<string> WritePlainAsync(Random random, int number)
    {
        int length = (number % 4) switch
        {
            0 => random.Next(100),
            1 => Math.Max(0, ((1 << random.Next(14, 21)) * random.Next(1, 3)) + random.Next(-1, 2)),
            2 => random.Next(1 << 18),
            _ => random.Next(number % 8 == 3 ? 3 << 20 : 1 << 16),
        };
        string name = string.Create(CultureInfo.InvariantCulture, $"{number:0000}");
        await File.WriteAllBytesAsync(_folder.Combine("plain", name), SealedSample.Bytes(random, length), Cancelled);
        return name;
    }

    private async Task RunAsync(string python, string verb, string from, string to)
    {
        CommandLine line = new(
            python, RepositoryRoot.PathOf("test/interop/sealed_file.py"), verb, "interop", "300", _keyHex, _folder.Combine(from), _folder.Combine(to))
        {
            Timeout = TimeSpan.FromMinutes(10),
        };
        CommandResult result = await line.RunAsync(Cancelled);
        Assert.True(result.ExitCode == 0, result.Error);
    }

    private void AssertSame(Func<string, byte[]> opened)
    {
        string[] names = [.. Directory.EnumerateFiles(_folder.Combine("plain")).Select(path => Path.GetFileName(path)!)];
        Assert.Equal(Count, names.Length);
        Assert.All(names, name => Assert.True(File.ReadAllBytes(_folder.Combine("plain", name)).AsSpan().SequenceEqual(opened(name)), name));
    }

    /// <summary>A Python that has <c>cryptography</c>: Debian's, or the first on PATH.</summary>
    private static async Task<string> RequirePythonAsync()
    {
        const string Needed = "Python's `cryptography` (Debian: python3-cryptography) is not installed";
        foreach (string python in new[] { "/usr/bin/python3", Executables.Find("python3") ?? string.Empty }.Where(File.Exists))
        {
            if ((await new CommandLine(python, "-c", "import cryptography").RunAsync(Cancelled)).ExitCode == 0)
            {
                return python;
            }
        }

        if (Environment.GetEnvironmentVariable(Executables.RequireVariable) == "1")
        {
            Assert.Fail($"{Needed}, and {Executables.RequireVariable}=1 asks for it");
        }

        Assert.Skip(Needed);
        return string.Empty;
    }
}
