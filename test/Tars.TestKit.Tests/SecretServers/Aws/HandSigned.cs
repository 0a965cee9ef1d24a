using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.TestKit.SecretServers.Aws;

namespace Tars.TestKit.Tests.SecretServers.Aws;

/// <summary>
/// A request to Secrets Manager, signed step by step for this one form of request, without the server's code. Each property can be made wrong on its own;
/// the signature is right for what it says it signs.
/// </summary>
internal sealed record HandSigned(AwsCredentials Credentials, DateTimeOffset At)
{
    internal string Region { get; init; } = "eu-central-1";

    internal string Service { get; init; } = "secretsmanager";

    internal string Operation { get; init; } = "GetSecretValue";

    internal string? ScopeDate { get; init; }

    internal string? SignedBody { get; init; }

    internal bool SignsHost { get; init; } = true;

    internal bool SignsTarget { get; init; } = true;

    internal bool SignsToken { get; init; } = true;

    internal bool SendsToken { get; init; } = true;

    internal async Task<Reply> SendAsync(Uri server, string body)
    {
        string stamp = At.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string date = ScopeDate ?? stamp[..8];
        string target = $"secretsmanager.{Operation}";
        List<(string Name, string Value)> signed = [("content-type", "application/x-amz-json-1.1")];
        if (SignsHost)
        {
            signed.Add(("host", server.Authority));
        }

        signed.Add(("x-amz-date", stamp));
        if (Credentials.SessionToken is { } token && SignsToken)
        {
            signed.Add(("x-amz-security-token", token));
        }

        if (SignsTarget)
        {
            signed.Add(("x-amz-target", target));
        }

        string names = string.Join(';', signed.Select(header => header.Name));
        string canonical = "POST\n/\n\n" + string.Concat(signed.Select(header => $"{header.Name}:{header.Value}\n")) + $"\n{names}\n{Hex(SHA256.HashData(Bytes(SignedBody ?? body)))}";
        string scope = $"{date}/{Region}/{Service}/aws4_request";
        byte[] key = Mac(Mac(Mac(Mac(Bytes("AWS4" + Credentials.SecretAccessKey), date), Region), Service), "aws4_request");
        string signature = Hex(Mac(key, $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Hex(SHA256.HashData(Bytes(canonical)))}"));
        List<(string, string)> headers =
        [
            ("Content-Type", "application/x-amz-json-1.1"),
            ("X-Amz-Date", stamp),
            ("X-Amz-Target", target),
            ("Authorization", $"AWS4-HMAC-SHA256 Credential={Credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}"),
        ];
        if (Credentials.SessionToken is not null && SendsToken)
        {
            headers.Add(("X-Amz-Security-Token", Credentials.SessionToken));
        }

        return await Wire.PostAsync(server, "/", body, [.. headers]);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Bytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
