using Tars.Observability.Prometheus;

namespace Tars.Observability.Tests.Prometheus;

public class SentSecretsTests
{
    // RFC 7617, section 2: the user Aladdin with the password "open sesame".
    [Theory]
    [InlineData("Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==", "Authorization: Basic (secret)")]
    [InlineData("no user with open sesame", "no user with (secret)")]
    [InlineData("password=open%20sesame&x", "password=(secret)&x")]
    [InlineData("X-Scope-OrgID: tenant-17", "X-Scope-OrgID: (secret)")]
    [InlineData("nothing of it", "nothing of it")]
    public void Mask_TextOfAServer_HasNoCredential(string text, string expected)
    {
        SentSecrets secrets = new(new PrometheusOptions(new Uri("http://localhost:9090"))
        {
            Username = "Aladdin",
            Password = "open sesame",
            Headers = new Dictionary<string, string> { ["X-Scope-OrgID"] = "tenant-17", ["X-Short"] = "a" },
        });

        Assert.Equal(expected, secrets.Mask(text));
    }

    // The same user and password in the address, RFC 3986, section 3.2.1.
    [Fact]
    public void Mask_PasswordInTheAddress_IsTakenOut()
    {
        SentSecrets secrets = new(new PrometheusOptions(new UriBuilder("http://localhost:9090") { UserName = "Aladdin", Password = "open%20sesame" }.Uri));

        Assert.Equal("(secret), Basic (secret)", secrets.Mask("open sesame, Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="));
    }
}
