using System.Globalization;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using Tars.TestKit.SecretServers;
using Tars.TestKit.SecretServers.Aws;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers.Aws;

/// <summary>
/// The check of signatures against what AWS published: the worked example of the IAM User Guide ("Create a signed AWS API request": ListUsers) and requests of
/// the "Signature Version 4 test suite". Keys, times, requests and signatures are theirs.
/// </summary>
public sealed class SignatureVersion4Tests
{
    private const string Key = "AKIDEXAMPLE";
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private const string Token =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==";

    private static readonly DateTimeOffset Then = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Fact]
    public void SigningKey_OfTheDocumentedExample_IsTheDocumentedKey() => Assert.Equal(
        "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9",
        Convert.ToHexStringLower(SignatureVersion4.SigningKey(Secret, "20150830", "us-east-1", "iam")));

    [Fact]
    public void Steps_OfTheDocumentedExample_AreTheDocumentedTexts()
    {
        KeyValuePair<string, string>[] headers =
        [
            new("Host", "iam.amazonaws.com"), new("Content-Type", "application/x-www-form-urlencoded; charset=utf-8"), new("X-Amz-Date", "20150830T123600Z"),
        ];
        string canonical = SignatureVersion4.CanonicalRequest(
            "GET", "/", "Action=ListUsers&Version=2010-05-08", headers, ["content-type", "host", "x-amz-date"], SignatureVersion4.Hash([]));
        string toSign = SignatureVersion4.StringToSign("20150830T123600Z", "20150830/us-east-1/iam/aws4_request", canonical);
        Assert.Equal("AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\nf536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59", toSign);
        byte[] key = SignatureVersion4.SigningKey(Secret, "20150830", "us-east-1", "iam");
        Assert.Equal("5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7", SignatureVersion4.Signature(key, toSign));
    }

    // Name in the suite, method, target, further headers "name:value|…", signed headers besides host and x-amz-date, body, signature.
    [Theory]
    [InlineData("get-vanilla", "GET", "/", "", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-relative", "GET", "/example/..", "", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-relative-relative", "GET", "/example1/example2/../..", "", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash", "GET", "//", "", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-dot-slash", "GET", "/./", "", "", "", "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-pointless-dot", "GET", "/./example", "", "", "", "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5")]
    [InlineData("get-slashes", "GET", "//example//", "", "", "", "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    [InlineData("get-space", "GET", "/example space/", "", "", "", "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("get-utf8", "GET", "/ሴ", "", "", "", "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-unreserved", "GET", "/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", "", "", "", "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("get-vanilla-query-order-key-case", "GET", "/?Param2=value2&Param1=value1", "", "", "", "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-vanilla-empty-query-key", "GET", "/?Param1=value1", "", "", "", "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("get-header-key-duplicate", "GET", "/", "My-Header1:value2|My-Header1:value2|My-Header1:value1", ";my-header1", "", "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea")]
    [InlineData("get-header-value-order", "GET", "/", "My-Header1:value4|My-Header1:value1|My-Header1:value3|My-Header1:value2", ";my-header1", "", "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01")]
    [InlineData("get-header-value-trim", "GET", "/", "My-Header1: value1|My-Header2: \"a   b   c\"", ";my-header1;my-header2", "", "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("post-vanilla", "POST", "/", "", "", "", "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("post-vanilla-query", "POST", "/?Param1=value1", "", "", "", "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    [InlineData("post-x-www-form-urlencoded", "POST", "/", "Content-Type:application/x-www-form-urlencoded", "content-type", "Param1=value1", "ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a")]
    [InlineData("post-sts-header-before", "POST", "/", "X-Amz-Security-Token:" + Token, "token", "", "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")]
    public void Verify_RequestOfTheTestSuite_IsGood(string name, string method, string target, string headers, string signed, string body, string signature)
    {
        ReceivedRequest request = Request(method, target, headers, signed, body, signature);
        AwsAccount account = new(new FakeTimeProvider(Then), "us-east-1");
        account.Add(new AwsCredentials(Key, Secret, request.Header("X-Amz-Security-Token")));
        SignatureOutcome outcome = SignatureCheck.Verify(request, account, "service");
        Assert.True(outcome is SignatureOutcome.Good, $"{name}: {outcome}");
    }

    [Fact]
    public void Verify_SignatureWithOneDigitChanged_IsBad()
    {
        const string right = "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31";
        AwsAccount account = new(new FakeTimeProvider(Then), "us-east-1");
        account.Add(new AwsCredentials(Key, Secret));
        for (int at = 0; at < right.Length; at++)
        {
            string wrong = string.Create(CultureInfo.InvariantCulture, $"{right[..at]}{(right[at] == '0' ? '1' : '0')}{right[(at + 1)..]}");
            Assert.IsType<SignatureOutcome.Bad>(SignatureCheck.Verify(Request("GET", "/", "", "", "", wrong), account, "service"));
        }
    }

    private static ReceivedRequest Request(string method, string target, string headers, string signed, string body, string signature)
    {
        string names = signed switch
        {
            "" => "host;x-amz-date",
            "content-type" => "content-type;host;x-amz-date",
            "token" => "host;x-amz-date;x-amz-security-token",
            _ => $"host{signed};x-amz-date",
        };
        List<KeyValuePair<string, string>> lines = [new("Host", "example.amazonaws.com"), new("X-Amz-Date", "20150830T123600Z")];
        foreach (string line in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = line.Split(':', 2);
            lines.Add(new(parts[0], parts[1]));
        }

        lines.Add(new("Authorization", $"AWS4-HMAC-SHA256 Credential={Key}/20150830/us-east-1/service/aws4_request, SignedHeaders={names}, Signature={signature}"));
        return new ReceivedRequest(method, target, lines, Encoding.UTF8.GetBytes(body), false, Then);
    }
}
