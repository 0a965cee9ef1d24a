using Xunit;

namespace Tars.TestKit;

/// <summary>A home of the real gpg in a temporary folder, with keys made by gpg. Its agent is stopped at the end.</summary>
public sealed class GpgHome : IAsyncLifetime
{
    /// <summary>The passphrase of the protected key.</summary>
    public const string Passphrase = "correct horse";

    private readonly TemporaryDirectory _folder = new();

    /// <summary>The home folder.</summary>
    public string Path => _folder.Combine("home");

    /// <summary>Mail addresses of the keys; all unprotected, except <c>locked@example.com</c>.</summary>
    public IReadOnlyList<string> Addresses { get; } = ["rsa@example.com", "curve@example.com", "nist@example.com", "rsa4@example.com", "locked@example.com"];

    /// <summary>A path for a file beside the home.</summary>
    public string File(string name) => _folder.Combine(name);

    public async ValueTask InitializeAsync()
    {
        if (Executables.Find("gpg") is null)
        {
            return; // each test says so
        }

        Directory.CreateDirectory(Path);
        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }

        await MakeKeyAsync("rsa@example.com", "rsa2048", "encrypt:rsa2048", "");
        await MakeKeyAsync("curve@example.com", "ed25519", "cv25519", "");
        await MakeKeyAsync("nist@example.com", "nistp256", "nistp256", "");
        await MakeKeyAsync("rsa4@example.com", "rsa3072", "encrypt:rsa3072", "");
        await MakeKeyAsync("locked@example.com", "ed25519", "cv25519", Passphrase);
    }

    /// <summary>Runs gpg in this home; it must end with 0 unless the test says otherwise.</summary>
    public async Task<CommandResult> GpgAsync(params string[] arguments)
    {
        CommandResult result = await TryGpgAsync(arguments);
        Assert.True(result.ExitCode == 0, $"gpg {string.Join(' ', arguments)}: {result.Error}");
        return result;
    }

    /// <summary>Runs gpg in this home, whatever it answers.</summary>
    public Task<CommandResult> TryGpgAsync(params string[] arguments) =>
        new CommandLine(
            Executables.Require("gpg"),
            ["--homedir", Path, "--batch", "--yes", "--no-tty", "--trust-model", "always", "--pinentry-mode", "loopback", "--passphrase", Passphrase, .. arguments])
            .RunAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        if (Executables.Find("gpgconf") is { } gpgconf && Directory.Exists(Path))
        {
            await new CommandLine(gpgconf, "--homedir", Path, "--kill", "all").RunAsync();
        }

        _folder.Dispose();
    }

    private async Task MakeKeyAsync(string address, string primary, string subkey, string passphrase)
    {
        string[] common = ["--homedir", Path, "--batch", "--no-tty", "--pinentry-mode", "loopback", "--passphrase", passphrase];
        await RunAsync([.. common, "--quick-gen-key", $"Test <{address}>", primary, "sign", "never"]);
        CommandResult list = await RunAsync([.. common, "--with-colons", "--list-keys", address]);
        string fingerprint = list.Output.Split('\n').First(line => line.StartsWith("fpr:", StringComparison.Ordinal)).Split(':')[9];
        string algorithm = subkey.Split(':')[^1];
        await RunAsync([.. common, "--quick-add-key", fingerprint, algorithm, "encrypt", "never"]);
    }

    private static async Task<CommandResult> RunAsync(string[] arguments)
    {
        CommandResult result = await new CommandLine(Executables.Require("gpg"), arguments).RunAsync();
        return result.ExitCode == 0 ? result : throw new InvalidOperationException($"gpg {string.Join(' ', arguments)}: {result.Error}");
    }
}
