using System.Text;
using Tars.TestKit;
using Xunit;

namespace Tars.Cli.Tests.Commands.Config;

/// <summary>A predecessor's file becomes one of ours, and the way back is exact.</summary>
public sealed class ConfigMigrateTests : IDisposable
{
    private const string Old = """
        # our production
        environment: prod
        enable_slsa_provenance: yes
        security:
          enable_encryption: True
          encryption_key_path: /etc/tars/keys/encryption.key
          max_input_length: 10000
          vault_token: hunter2hunter2
        compliance:
          enabled_standards: [soc2, gdpr]
        api:
          port: 99999
          rate_limit_window_seconds: 60
        """;

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Migrate_ThereAndBack_ReadsAsReviewed()
    {
        string path = _folder.WriteText("prod.yaml", Old);
        byte[] before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        StringBuilder transcript = new();
        await RunAsync(transcript, "config", "migrate", "prod.yaml", "--dry-run");
        Assert.Equal(["prod.yaml"], Names());
        await RunAsync(transcript, "config", "migrate", "prod.yaml");
        Assert.Equal(["prod.yaml", "prod.yaml.before-tars"], Names());
        Assert.Equal(before, await File.ReadAllBytesAsync(path + ".before-tars", TestContext.Current.CancellationToken));
        await RunAsync(transcript, "config", "validate", "prod.yaml");
        await RunAsync(transcript, "config", "migrate", "prod.yaml");
        await RunAsync(transcript, "config", "migrate", "prod.yaml", "--rollback");
        Assert.Equal(["prod.yaml"], Names());
        Assert.Equal(before, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        await RunAsync(transcript, "config", "migrate", "prod.yaml", "--rollback");
        await RunAsync(transcript, "config", "migrate", "prod.yaml", "--output", "tars.yaml", "-o", "json");
        await RunAsync(transcript, "config", "migrate", "prod.yaml", "--output", "tars.yaml");
        await RunAsync(transcript, "config", "migrate", "missing.yaml");
        await RunAsync(transcript, "config", "migrate");

        Golden.Match("cli/config-migrate.txt", transcript.ToString());
        Assert.DoesNotContain("hunter2", transcript.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_FileWithASecret_IsForTheOwnerAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "permissions of another kind");
        const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        const UnixFileMode WithGroup = OwnerOnly | UnixFileMode.GroupRead;
        string path = _folder.WriteText("prod.yaml", Old);
        SetMode(path, WithGroup);
        await RunAsync(new StringBuilder(), "config", "migrate", "prod.yaml");

        Assert.Equal((OwnerOnly, WithGroup), (Mode(path), Mode(path + ".before-tars")));
        await RunAsync(new StringBuilder(), "config", "migrate", "prod.yaml", "--rollback");
        Assert.Equal(WithGroup, Mode(path));
    }

    private static void SetMode(string path, UnixFileMode mode)
    {
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private static UnixFileMode Mode(string path) => OperatingSystem.IsWindows() ? default : File.GetUnixFileMode(path);

    private string[] Names() => [.. BuiltCommand.FilesOf(_folder.Path).Keys];

    private async Task RunAsync(StringBuilder transcript, params string[] arguments) =>
        transcript.Append(TarsProgram.Transcript(await TarsProgram.RunAsync(_folder.Path, arguments), arguments)).Append('\n');
}
