using System.Text;
using Tars.Configuration.Secrets;
using Tars.Configuration.Secrets.Aws;

namespace Tars.Configuration.Tests.Secrets.Aws;

/// <summary>
/// The published Signature Version 4 examples: AWS's signing test suite (github.com/awslabs/aws-c-auth, tests/aws-signing-test-suite/v4, header
/// signatures), and the examples of the AWS General Reference.
/// </summary>
public sealed class SigV4SignerTests
{
    private const string Host = "Host:example.amazonaws.com";
    private const string Key = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly DateTimeOffset Time = new(2015, 8, 30, 12, 36, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("get-header-key-duplicate", "GET /", "Host:example.amazonaws.com\nMy-Header1:value2\nMy-Header1:value2\nMy-Header1:value1", "", null, true, "c9d5ea9f3f72853aea855b47ea873832890dbdd183b4468f858259531a5138ea")]
    [InlineData("get-header-value-multiline", "GET /", "Host:example.amazonaws.com\nMy-Header1:value1\n  value2\n     value3", "", null, true, "cfd34249e4b1c8d6b91ef74165d41a32e5fab3306300901bb65a51a73575eefd")]
    [InlineData("get-header-value-order", "GET /", "Host:example.amazonaws.com\nMy-Header1:value4\nMy-Header1:value1\nMy-Header1:value3\nMy-Header1:value2", "", null, true, "08c7e5a9acfcfeb3ab6b2185e75ce8b1deb5e634ec47601a50643f830c755c01")]
    [InlineData("get-header-value-trim", "GET /", "Host:example.amazonaws.com\nMy-Header1: value1\nMy-Header2: \"a   b   c\"", "", null, true, "acc3ed3afb60bb290fc8d2dd0098b9911fcaa05412b367055dee359757a9c736")]
    [InlineData("get-relative-normalized", "GET /example/..", Host, "", null, true, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-relative-relative-normalized", "GET /example1/example2/../..", Host, "", null, true, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-relative-relative-unnormalized", "GET /example1/example2/../..", Host, "", null, false, "dc33e0856fd4baca4d7aa2146c38958283844764f38c74252a333df5e613003b")]
    [InlineData("get-relative-unnormalized", "GET /example/..", Host, "", null, false, "eca7ead57bb5aa5c8e28007acd4ff04e1ff9a0ff3b237ec1554a184887ff9282")]
    [InlineData("get-slash-dot-slash-normalized", "GET /./", Host, "", null, true, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-dot-slash-unnormalized", "GET /./", Host, "", null, false, "68714168e6557f8f2de0ef956fc24dc2593a4bd2961f8df51898d8a134695145")]
    [InlineData("get-slash-normalized", "GET //", Host, "", null, true, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-slash-pointless-dot-normalized", "GET /./example", Host, "", null, true, "ef75d96142cf21edca26f06005da7988e4f8dc83a165a80865db7089db637ec5")]
    [InlineData("get-slash-pointless-dot-unnormalized", "GET /./example", Host, "", null, false, "beb03f223f7deae4146464f06e29eebbee9c8afbe15c290cf07aa8b119e14cff")]
    [InlineData("get-slash-unnormalized", "GET //", Host, "", null, false, "c88bcd3d312d75078c0cd961d6deae3f4c754924b01669efcfcb439fd5e5b76e")]
    [InlineData("get-slashes-normalized", "GET //example//", Host, "", null, true, "9a624bd73a37c9a373b5312afbebe7a714a789de108f0bdfe846570885f57e84")]
    [InlineData("get-slashes-unnormalized", "GET //example//", Host, "", null, false, "87cca117541a147f6df867677d98a7d80dff226d2bfca9e4ffa899665623c7e5")]
    [InlineData("get-space-normalized", "GET /example space/", Host, "", null, true, "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("get-space-unnormalized", "GET /example space/", Host, "", null, false, "652487583200325589f1fba4c7e578f72c47cb61beeca81406b39ddec1366741")]
    [InlineData("get-unreserved", "GET /-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", Host, "", null, true, "07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f")]
    [InlineData("get-utf8", "GET /ሴ", Host, "", null, true, "8318018e0b0f223aa2bbf98705b62bb787dc9c0e678f255a891fd03141be5d85")]
    [InlineData("get-vanilla", "GET /", Host, "", null, true, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-vanilla-empty-query-key", "GET /?Param1=value1", Host, "", null, true, "a67d582fa61cc504c4bae71f336f98b97f1ea3c7a6bfe1b6e45aec72011b9aeb")]
    [InlineData("get-vanilla-query", "GET /", Host, "", null, true, "5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")]
    [InlineData("get-vanilla-query-order-encoded", "GET /?Param-3=Value3&Param=Value2&%E1%88%B4=Value1", Host, "", null, true, "371d3713e185cc334048618a97f809c9ffe339c62934c032af5a0e595648fcac")]
    [InlineData("get-vanilla-query-order-key-case", "GET /?Param2=value2&Param1=value1", Host, "", null, true, "b97d918cfa904a5beff61c982a1b6f458b799221646efd99d3219ec94cdf2500")]
    [InlineData("get-vanilla-query-unreserved", "GET /?-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz=-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", Host, "", null, true, "9c3e54bfcdf0b19771a7f523ee5669cdf59bc7cc0884027167c21bb143a40197")]
    [InlineData("get-vanilla-utf8-query", "GET /?ሴ=bar", Host, "", null, true, "2cdec8eed098649ff3a119c94853b13c643bcf08f8b0a1d91e12c9027818dd04")]
    [InlineData("get-vanilla-with-session-token", "GET /", Host, "", "6e86291e8372ff2a2260956d9b8aae1d763fbf315fa00fa31553b73ebf194267", true, "07ec1639c89043aa0e3e2de82b96708f198cceab042d4a97044c66dd9f74e7f8")]
    [InlineData("post-header-key-case", "POST /", Host, "", null, true, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("post-header-key-sort", "POST /", "Host:example.amazonaws.com\nMy-Header1:value1", "", null, true, "c5410059b04c1ee005303aed430f6e6645f61f4dc9e1461ec8f8916fdf18852c")]
    [InlineData("post-header-value-case", "POST /", "Host:example.amazonaws.com\nMy-Header1:VALUE1", "", null, true, "cdbc9802e29d2942e5e10b5bccfdd67c5f22c7c4e8ae67b53629efa58b974b7d")]
    [InlineData("post-sts-header-before", "POST /", Host, "", "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUuwthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHNVXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA==", true, "85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead")]
    [InlineData("post-vanilla", "POST /", Host, "", null, true, "5da7c1a2acd57cee7505fc6676e4e544621c30862966e37dddb68e92efbe5d6b")]
    [InlineData("post-vanilla-empty-query-value", "POST /?Param1=value1", Host, "", null, true, "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    [InlineData("post-vanilla-query", "POST /?Param1=value1", Host, "", null, true, "28038455d6de14eafc1f9222cf5aa6f1a96197d7deb8263271d420d138af7f11")]
    [InlineData("post-x-www-form-urlencoded", "POST /", "Content-Type:application/x-www-form-urlencoded\nHost:example.amazonaws.com\nContent-Length:13\nx-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e", "Param1=value1", null, true, "d3875051da38690788ef43de4db0d8f280229d82040bfac253562e56c3f20e0b")]
    [InlineData("post-x-www-form-urlencoded-parameters", "POST /", "Content-Type:application/x-www-form-urlencoded; charset=utf-8\nHost:example.amazonaws.com\nContent-Length:13\nx-amz-content-sha256:9095672bbd1f56dfc5b65f3e153adc8731a4a654192329106275f4c7b24d0b6e", "Param1=value1", null, true, "328d1b9eaadca9f5818ef05e8392801e091653bafec24fcab71e7344e7f51422")]
    public void Sign_SuiteRequest_HasThePublishedSignature(
        string name, string line, string headers, string body, string? token, bool normalizePath, string signature)
    {
        Assert.NotEmpty(name);
        using AwsCredentials credentials = new("AKIDEXAMPLE", Secret.Of(Key), token is null ? null : Secret.Of(token), null, "the suite");

        IReadOnlyList<(string Name, string Value)> added = SigV4Signer.Sign(
            Parse(line, headers, body), credentials, new SigV4Scope("us-east-1", "service"), Time, normalizePath);

        string authorization = added.Single(header => header.Name == "Authorization").Value;
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=", authorization, StringComparison.Ordinal);
        Assert.EndsWith($", Signature={signature}", authorization, StringComparison.Ordinal);
        Assert.Equal("20150830T123600Z", added.Single(header => header.Name == "X-Amz-Date").Value);
        Assert.Equal(token, added.SingleOrDefault(header => header.Name == "X-Amz-Security-Token").Value);
    }

    // The suite as it was before bodies had a header of their own (aws-sig-v4-test-suite of 2015, post-x-www-form-urlencoded).
    [Fact]
    public void Sign_FormOfTheOlderSuite_HasThePublishedAuthorization()
    {
        using AwsCredentials credentials = new("AKIDEXAMPLE", Secret.Of(Key), null, null, "the suite");

        IReadOnlyList<(string Name, string Value)> added = SigV4Signer.Sign(
            Parse("POST /", "Content-Type:application/x-www-form-urlencoded\n" + Host, "Param1=value1"), credentials, new SigV4Scope("us-east-1", "service"), Time);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a",
            added.Single(header => header.Name == "Authorization").Value);
    }

    // AWS General Reference, "Signature Version 4 signing process", the IAM ListUsers example.
    [Fact]
    public void Sign_ListUsersExample_HasThePublishedAuthorization()
    {
        using AwsCredentials credentials = new("AKIDEXAMPLE", Secret.Of(Key), null, null, "the example");

        IReadOnlyList<(string Name, string Value)> added = SigV4Signer.Sign(
            Parse("GET /?Action=ListUsers&Version=2010-05-08", "Content-Type:application/x-www-form-urlencoded; charset=utf-8\nHost:iam.amazonaws.com", ""),
            credentials, new SigV4Scope("us-east-1", "iam"), Time);

        Assert.Equal(
            "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/iam/aws4_request, SignedHeaders=content-type;host;x-amz-date, Signature=5d672d79c15b13162d9279b0855cfba6789a8edb4c82c400e06b5924a6f2b5d7",
            added.Single(header => header.Name == "Authorization").Value);
    }

    // The same example's canonical request and its digest f536975d….
    [Fact]
    public void StringToSign_ListUsersExample_IsThePublishedOne()
    {
        string canonical = CanonicalRequest.Of(
            Parse("GET /?Action=ListUsers&Version=2010-05-08", "Content-Type:application/x-www-form-urlencoded; charset=utf-8\nHost:iam.amazonaws.com\nX-Amz-Date:20150830T123600Z", ""),
            normalizePath: true, out string signedHeaders);

        Assert.Equal("content-type;host;x-amz-date", signedHeaders);
        Assert.Equal(
            "GET\n/\nAction=ListUsers&Version=2010-05-08\ncontent-type:application/x-www-form-urlencoded; charset=utf-8\nhost:iam.amazonaws.com\nx-amz-date:20150830T123600Z\n\n"
            + "content-type;host;x-amz-date\ne3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
            canonical);
        Assert.Equal(
            "AWS4-HMAC-SHA256\n20150830T123600Z\n20150830/us-east-1/iam/aws4_request\nf536975d06c0309214f805bb90ccff089219ecd68b2577efef23edd43b7e1a59",
            SigV4Signer.StringToSign("20150830T123600Z", "20150830/us-east-1/iam/aws4_request", canonical));
    }

    // IAM User Guide, "Create a signed AWS API request": names are sorted by character code point, so "F" comes before "b"; then values.
    [Fact]
    public void Of_QueryNamesOfBothCases_AreSortedByCodePoint()
    {
        string canonical = CanonicalRequest.Of(Parse("GET /?b=2&F=1&b=1&a%2Fb", Host, ""), normalizePath: true, out _);
        Assert.Equal("F=1&a%2Fb=&b=1&b=2", canonical.Split('\n')[2]);
    }

    // AWS General Reference, "Examples of how to derive a signing key" (20120215) and "Calculate the signature" (20150830).
    [Theory]
    [InlineData("20120215", "f4780e2d9f65fa895f9c67b32ce1baf0b0d8a43505a000a1a9e090d414db404d")]
    [InlineData("20150830", "c4afb1cc5771d871763a393e44b703571b55cc28424d1a5e86da6ed3c154a4b9")]
    public void SigningKey_DerivationExample_IsThePublishedKey(string date, string expected) =>
        Assert.Equal(expected, Convert.ToHexStringLower(SigV4Signer.SigningKey(Encoding.ASCII.GetBytes(Key), date, new SigV4Scope("us-east-1", "iam"))));

    private static SigV4Request Parse(string line, string headers, string body)
    {
        string[] target = line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..].Split('?', 2);
        List<(string Name, string Value)> parsed = [];
        foreach (string header in headers.Split('\n'))
        {
            if (header.StartsWith(' '))
            {
                parsed[^1] = (parsed[^1].Name, $"{parsed[^1].Value}\n{header}");
                continue;
            }

            string[] parts = header.Split(':', 2);
            parsed.Add((parts[0], parts[1]));
        }

        return new SigV4Request(line.Split(' ')[0], target[0], target.Length > 1 ? target[1] : "", parsed, Encoding.UTF8.GetBytes(body));
    }
}
