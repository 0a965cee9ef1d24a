using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Files;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Secrets.Files;

public sealed class FolderSecretsTests : IDisposable
{
    private readonly TemporaryDirectory _root = new();
    private readonly string _folder;

    public FolderSecretsTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "links and modes are of Unix");
        _folder = _root.Combine("secrets");
        Directory.CreateDirectory(_folder);
    }

    public void Dispose() => _root.Dispose();

    [Theory]
    [InlineData("jwt_secret", "jwt_secret")]
    [InlineData("db/password", "db/password")]
    [InlineData("db#password", "db/password")]
    [InlineData("tls.key", "tls.key")]
    public async Task FindAsync_Name_IsTheFileOfThatName(string name, string file)
    {
        Write(file, "value\n");

        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(await FindAsync(name));

        Assert.Equal("value", found.Value.Reveal());
        Assert.Equal(Path.Combine(_folder, file), found.Place);
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("a/../../outside")]
    [InlineData("..")]
    [InlineData(".hidden")]
    [InlineData("a/.b")]
    [InlineData("/etc/hostname")]
    [InlineData("a//b")]
    [InlineData("a\\b")]
    [InlineData("")]
    [InlineData("a\0b")]
    public async Task FindAsync_NameThatLeadsElsewhere_NamesNoFile(string name)
    {
        Write("../outside", "value");
        Write(".hidden", "value");

        Assert.IsType<SecretAnswer.Absent>(await FindAsync(name));
    }

    // As the kubelet writes a volume (AtomicWriter): the name links to ..data/name, ..data to a folder with the time in its name.
    [Fact]
    public async Task FindAsync_KubernetesVolume_IsReadAndTakenUpWhenItIsUpdated()
    {
        Write("..2026_11_27_01/password", "one");
        File.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..2026_11_27_01");
        File.CreateSymbolicLink(Path.Combine(_folder, "password"), "..data/password");
        Assert.Equal("one", await ValueAsync("password"));

        Write("..2026_11_27_02/password", "two");
        Directory.Delete(Path.Combine(_folder, "..data"));
        File.CreateSymbolicLink(Path.Combine(_folder, "..data"), "..2026_11_27_02");

        Assert.Equal("two", await ValueAsync("password"));
    }

    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/hostname")]
    public async Task FindAsync_LinkOutOfTheFolder_IsRefused(string target)
    {
        Write("../outside", "value");
        File.CreateSymbolicLink(Path.Combine(_folder, "password"), target);
        Directory.CreateSymbolicLink(Path.Combine(_folder, "up"), "..");

        Assert.IsType<SecretAnswer.Refused>(await FindAsync("password"));
        Assert.IsType<SecretAnswer.Refused>(await FindAsync("up/outside"));
    }

    [Fact]
    public async Task FindAsync_FolderBehindALink_IsRead()
    {
        Write("password", "value");
        string link = _root.Combine("link");
        Directory.CreateSymbolicLink(link, _folder);

        Assert.IsType<SecretAnswer.Found>(await new FolderSecrets(link, false).FindAsync("password", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FindAsync_LinksInACircle_AreUnreachable()
    {
        File.CreateSymbolicLink(Path.Combine(_folder, "a"), "b");
        File.CreateSymbolicLink(Path.Combine(_folder, "b"), "a");

        Assert.IsType<SecretAnswer.Unreachable>(await FindAsync("a"));
    }

    [Fact]
    public async Task FindAsync_MissingFileOrFolder_AreAbsentAndUnreachable()
    {
        Assert.IsType<SecretAnswer.Absent>(await FindAsync("none"));
        Assert.IsType<SecretAnswer.Unreachable>(await new FolderSecrets(_root.Combine("gone"), false).FindAsync("none", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FindAsync_GroupReadable_NeedsTheSetting()
    {
        Write("password", "value", UnixFileMode.UserRead | UnixFileMode.GroupRead);

        Assert.IsType<SecretAnswer.Refused>(await FindAsync("password"));
        Assert.IsType<SecretAnswer.Found>(await new FolderSecrets(_folder, mayGroupRead: true).FindAsync("password", TestContext.Current.CancellationToken));
    }

    private void Write(string name, string text, UnixFileMode mode = UnixFileMode.UserRead | UnixFileMode.UserWrite)
    {
        string path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, mode);
        }
    }

    private Task<SecretAnswer> FindAsync(string name) => new FolderSecrets(_folder, false).FindAsync(name, TestContext.Current.CancellationToken);

    private async Task<string> ValueAsync(string name) => Assert.IsType<SecretAnswer.Found>(await FindAsync(name)).Value.Reveal();
}
