using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tars.Configuration.Secrets.Aws;

/// <summary>
/// AWS Signature Version 4: what is sent follows from the request, the credentials, the scope and the time alone. Source: AWS IAM User
/// Guide, "Create a signed AWS API request".
/// </summary>
internal static class SigV4Signer
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>Returns the headers to add: <c>X-Amz-Date</c>, <c>X-Amz-Security-Token</c> for temporary credentials, <c>Authorization</c>.</summary>
    /// <param name="request">The request.</param>
    /// <param name="credentials">The credentials.</param>
    /// <param name="scope">Region and service.</param>
    /// <param name="time">The time of the signature; the service takes five minutes of difference.</param>
    /// <param name="normalizePath">Whether <c>.</c>, <c>..</c> and empty segments are resolved, as for every service but S3.</param>
    public static IReadOnlyList<(string Name, string Value)> Sign(
        SigV4Request request, AwsCredentials credentials, SigV4Scope scope, DateTimeOffset time, bool normalizePath = true)
    {
        string stamp = time.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string date = stamp[..8];
        List<(string Name, string Value)> added = [("X-Amz-Date", stamp)];
        if (credentials.SessionToken is { } token)
        {
            added.Add(("X-Amz-Security-Token", token.Reveal()));
        }

        SigV4Request whole = request with { Headers = [.. request.Headers, .. added] };
        string canonical = CanonicalRequest.Of(whole, normalizePath, out string signedHeaders);
        string credentialScope = $"{date}/{scope.Region}/{scope.Service}/aws4_request";
        string toSign = StringToSign(stamp, credentialScope, canonical);

        byte[] key = SigningKey(credentials.SecretAccessKey.Bytes, date, scope);
        string signature = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)));
        CryptographicOperations.ZeroMemory(key);
        added.Add(("Authorization", $"{Algorithm} Credential={credentials.AccessKeyId}/{credentialScope}, SignedHeaders={signedHeaders}, Signature={signature}"));
        return added;
    }

    /// <summary>Returns the text that is signed.</summary>
    /// <param name="stamp">The time, as in <c>X-Amz-Date</c>.</param>
    /// <param name="credentialScope">Date, region, service and <c>aws4_request</c>.</param>
    /// <param name="canonical">The canonical request.</param>
    public static string StringToSign(string stamp, string credentialScope, string canonical) =>
        $"{Algorithm}\n{stamp}\n{credentialScope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";

    /// <summary>Returns the key that signs on one day in one region for one service; the caller zeroes it.</summary>
    /// <param name="secretAccessKey">The secret access key.</param>
    /// <param name="date">The day, <c>yyyyMMdd</c>, in UTC.</param>
    /// <param name="scope">Region and service.</param>
    public static byte[] SigningKey(ReadOnlySpan<byte> secretAccessKey, string date, SigV4Scope scope)
    {
        byte[] start = new byte[4 + secretAccessKey.Length];
        "AWS4"u8.CopyTo(start);
        secretAccessKey.CopyTo(start.AsSpan(4));
        byte[] key = start;
        foreach (string part in (ReadOnlySpan<string>)[date, scope.Region, scope.Service, "aws4_request"])
        {
            byte[] next = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            CryptographicOperations.ZeroMemory(key);
            key = next;
        }

        return key;
    }
}
