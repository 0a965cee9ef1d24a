using Xunit;

namespace Tars.Repository.Tests.Rules;

public sealed class SecretScanTests
{
    // A test that needs something that looks like a secret (a published test vector, say) is named here with the reason.
    private static readonly Dictionary<string, string> Excused = new()
    {
        ["test/Tars.Configuration.Tests/Layers/PlaceholderTests.cs"] = "an invented address with a password, to show that the setting is refused without showing it",
    };

    [Fact]
    public void KindIn_AllFiles_FindsNothing()
    {
        string[] found =
        [
            .. from line in RepositoryFiles.Lines()
               where !Excused.ContainsKey(line.Path)
               let kind = SecretScan.KindIn(line.Text)
               where kind is not null
               select $"{line.Path}:{line.Line}: {kind}",
        ];
        Assert.True(found.Length == 0, string.Join('\n', found));
    }

    // Each sample is put together at run time, so that this file does not find itself.
    [Theory]
    [InlineData("-----BEGIN RSA PRIV", "ATE KEY-----", "PrivateKey")]
    [InlineData("-----BEGIN PRIV", "ATE KEY-----", "PrivateKey")]
    [InlineData("AKIA", "IOSFODNN7EXAMPLE", "AwsKey")]
    [InlineData("ghp_", "0123456789abcdefghij0123456789abcdef", "GitHubToken")]
    [InlineData("xoxb-", "1234567890-abcdef", "SlackToken")]
    [InlineData("eyJhbGciOiJIUzI1", "NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJlMTIz", "JsonWebToken")]
    [InlineData("postgres://ann:", "hunter2@localhost/tars", "PasswordInUrl")]
    public void KindIn_SampleSecret_IsNamed(string head, string tail, string kind) =>
        Assert.Equal(kind, SecretScan.KindIn($"value: {head}{tail}"));

    [Theory]
    [InlineData("-----BEGIN PUBLIC KEY-----")]
    [InlineData("http://localhost:9090/api/v1/query?query=up@1")]
    [InlineData("https://ann:***@host")]
    public void KindIn_HarmlessLine_IsNotNamed(string line) => Assert.Null(SecretScan.KindIn(line));
}
