using System.Globalization;

namespace Tars.TestKit;

/// <summary>
/// Headless Chromium, for tests of pages that a person looks at: it renders a local file or a loopback address to a PNG, or
/// returns the document after its scripts ran. Each call has a new profile and no background traffic.
/// </summary>
public static class Chromium
{
    /// <summary>Name of the program.</summary>
    public const string Program = "chromium";

    /// <summary>Renders a page of the given size in pixels to a PNG file. Skips the calling test without Chromium.</summary>
    /// <param name="page">A <c>file:</c> address or one on loopback.</param>
    /// <param name="pngPath">Where the picture goes.</param>
    /// <param name="width">Width of the window, pixels.</param>
    /// <param name="height">Height of the window, pixels; what lies below is not in the picture.</param>
    /// <param name="cancellationToken">Ends the browser.</param>
    public static async Task ScreenshotAsync(Uri page, string pngPath, int width = 1280, int height = 1600, CancellationToken cancellationToken = default)
    {
        string size = string.Create(CultureInfo.InvariantCulture, $"--window-size={width},{height}");
        await RunAsync([$"--screenshot={Path.GetFullPath(pngPath)}", size, "--hide-scrollbars", page.AbsoluteUri], cancellationToken);
        if (!File.Exists(pngPath))
        {
            throw new FileNotFoundException("chromium wrote no picture", pngPath);
        }
    }

    /// <summary>The document as HTML after its scripts ran. Skips the calling test without Chromium.</summary>
    public static async Task<string> DumpDomAsync(Uri page, CancellationToken cancellationToken = default) =>
        (await RunAsync(["--dump-dom", page.AbsoluteUri], cancellationToken)).Output;

    private static async Task<CommandResult> RunAsync(string[] arguments, CancellationToken cancellationToken)
    {
        using TemporaryDirectory profile = new();
        CommandLine command = new(
            Executables.Require(Program),
            [
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                $"--user-data-dir={profile.Path}",
                .. arguments,
            ]);
        CommandResult result = await command.RunAsync(cancellationToken);
        return result.ExitCode == 0
            ? result
            : throw new InvalidOperationException($"`{command}` ended with {result.ExitCode}:\n{result.Error}");
    }
}
