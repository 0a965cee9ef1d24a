using Tars.TestKit;
using Xunit;

namespace Tars.Repository.Tests.Documents;

/// <summary>
/// Where documented commands run: a directory per document that holds the repository's <c>samples</c> and the folder
/// <c>tars-demo</c> as <c>tars demo</c> leaves it. The demo runs once, when the first document needs it.
/// </summary>
public sealed class DemoWorkspace : IAsyncLifetime
{
    private readonly TemporaryDirectory _origin = new();
    private readonly SemaphoreSlim _once = new(1);
    private bool _made;

    /// <summary>The built <c>tars</c> beside this test.</summary>
    internal static string Tars => Environment.GetEnvironmentVariable("TARS_PROGRAM") is { Length: > 0 } named ? named : Path.Combine(AppContext.BaseDirectory, "tars");

    /// <inheritdoc/>
    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _origin.Dispose();
        _once.Dispose();
        return ValueTask.CompletedTask;
    }

    /// <summary>Fills a new directory.</summary>
    internal async Task PrepareAsync(TemporaryDirectory folder, CancellationToken cancellationToken)
    {
        await _once.WaitAsync(cancellationToken);
        try
        {
            if (!_made)
            {
                CommandLine demo = new(Tars, "demo") { WorkingDirectory = _origin.Path, Timeout = TimeSpan.FromMinutes(5) };
                CommandResult result = await demo.RunAsync(cancellationToken);
                Assert.True(result.ExitCode == 0, $"`tars demo` ended with {result.ExitCode}:\n{result.Error}");
                _made = true;
            }
        }
        finally
        {
            _once.Release();
        }

        CopyFolder(_origin.Path, folder.Path);
        string samples = RepositoryRoot.PathOf("samples");
        if (Directory.Exists(samples))
        {
            CopyFolder(samples, folder.Combine("samples"));
        }
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }
}
