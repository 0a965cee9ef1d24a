using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Files;
using Tars.TestKit;

namespace Tars.Configuration.Tests.Secrets.Files;

public sealed class DocumentSecretsTests : IDisposable
{
    private const string Yaml = "jwt_secret: one\ndb:\n  password: two\n  port: 5432\n  a.b: three\ndb.user: four\nnothing:\nempty: \"\"\n";
    private const string Json = """{"jwt_secret": "one", "db": {"password": "two", "port": 5432, "a.b": "three"}, "db.user": "four", "nothing": null, "empty": ""}""";

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("jwt_secret", "one", "1:13")]
    [InlineData("db.password", "two", "3:13")]
    [InlineData("db/password", "two", "3:13")]
    [InlineData("db#password", "two", "3:13")]
    [InlineData("db.port", "5432", "4:9")]
    [InlineData("db.a.b", "three", "5:8")]
    [InlineData("db.user", "four", "6:10")]
    [InlineData("none", null, null)]
    [InlineData("db.none", null, null)]
    [InlineData("jwt_secret.x", null, null)]
    [InlineData("nothing", null, null)]
    [InlineData(".", null, null)]
    public async Task FindAsync_Name_IsTheKeyAtThatPath(string name, string? value, string? position)
    {
        foreach ((string file, string text) in new[] { ("secrets.yaml", Yaml), ("secrets.json", Json) })
        {
            SecretAnswer answer = await FindAsync(file, text, name);

            Assert.Equal(value, (answer as SecretAnswer.Found)?.Value.Reveal());
            Assert.Equal(value is null, answer is SecretAnswer.Absent);
            if (file == "secrets.yaml" && answer is SecretAnswer.Found found)
            {
                Assert.EndsWith($"secrets.yaml:{position}", found.Place, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [InlineData("db", "db is a map; name a single value in it")]
    [InlineData("empty", "empty is empty; write the secret, or remove the key")]
    public async Task FindAsync_NoSingleValue_IsRefused(string name, string reason) =>
        Assert.Equal(reason, Assert.IsType<SecretAnswer.Refused>(await FindAsync("secrets.yaml", Yaml, name)).Reason);

    [Theory]
    [InlineData("secrets.yaml", "a: hunter2\n\tb: hunter2\n")]
    [InlineData("secrets.yaml", "a: [hunter2\n")]
    [InlineData("secrets.yaml", "hunter2\n")]
    [InlineData("secrets.yaml", "hunter2: a\nhunter2: b\n")]
    [InlineData("secrets.yaml", "a: !hunter2 b\n")]
    [InlineData("secrets.json", "{\"a\": hunter2}")]
    [InlineData("secrets.json", "{\"a\": \"hunter2\\ud800\"}")]
    public async Task FindAsync_BrokenDocument_IsRefusedWithItsPositionAlone(string file, string text)
    {
        SecretAnswer.Refused refused = Assert.IsType<SecretAnswer.Refused>(await FindAsync(file, text, "a"));

        Assert.DoesNotContain("hunter", refused.ToString(), StringComparison.OrdinalIgnoreCase);
        Assert.Contains(file + ":", refused.Place, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindAsync_OpenToOthers_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "modes are of Unix");
        string path = _folder.WriteText("secrets.yaml", Yaml);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        }

        Assert.IsType<SecretAnswer.Refused>(await new DocumentSecrets(path, true).FindAsync("jwt_secret", TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task FindAsync_NoFile_IsUnreachable() =>
        Assert.IsType<SecretAnswer.Unreachable>(await new DocumentSecrets(_folder.Combine("none.yaml"), false).FindAsync("a", TestContext.Current.CancellationToken));

    private Task<SecretAnswer> FindAsync(string file, string text, string name)
    {
        string path = _folder.WriteText(file, text);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        return new DocumentSecrets(path, false).FindAsync(name, TestContext.Current.CancellationToken);
    }
}
