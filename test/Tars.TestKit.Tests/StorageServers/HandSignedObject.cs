using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Tars.TestKit.SecretServers.Aws;
using Tars.TestKit.Tests.SecretServers;

namespace Tars.TestKit.Tests.StorageServers;

/// <summary>
/// Requests to S3 signed step by step, without the server's code. Targets hold only what needs no encoding, queries are given in order. Each property can be made wrong on its own.
/// </summary>
internal sealed record HandSignedObject(AwsCredentials Credentials, DateTimeOffset At)
{
    internal string Region { get; init; } = "eu-central-1";

    internal string Service { get; init; } = "s3";

    internal string? SignedBody { get; init; }

    internal string? ScopeDate { get; init; }

    internal (string Name, string Value)? Unsigned { get; init; }

    internal string? Host { get; init; }

    internal async Task<Reply> SendAsync(Uri server, string method, string target, string? body = null, params (string Name, string Value)[] headers)
    {
        string stamp = At.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string hash = Hex(SHA256.HashData(Bytes(SignedBody ?? body ?? "")));
        List<(string Name, string Value)> all = [("host", Host ?? server.Authority), ("x-amz-content-sha256", hash), ("x-amz-date", stamp), .. headers];
        if (Credentials.SessionToken is { } token)
        {
            all.Add(("x-amz-security-token", token));
        }

        all.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        string names = string.Join(';', all.Select(header => header.Name));
        string[] parts = target.Split('?', 2);
        string query = parts.Length == 2 ? string.Join('&', parts[1].Split('&').Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair : pair + "=")) : "";
        string canonical = $"{method}\n{parts[0]}\n{query}\n" + string.Concat(all.Select(header => $"{header.Name}:{header.Value}\n")) + $"\n{names}\n{hash}";
        string date = ScopeDate ?? stamp[..8];
        string scope = $"{date}/{Region}/{Service}/aws4_request";
        byte[] key = Mac(Mac(Mac(Mac(Bytes("AWS4" + Credentials.SecretAccessKey), date), Region), Service), "aws4_request");
        string signature = Hex(Mac(key, $"AWS4-HMAC-SHA256\n{stamp}\n{scope}\n{Hex(SHA256.HashData(Bytes(canonical)))}"));
        return await Wire.SendAsync(
            server, method, target, body,
            [.. all.Select(header => (header.Name, header.Value)), .. Unsigned is { } more ? [more] : Array.Empty<(string, string)>(),
                ("Authorization", $"AWS4-HMAC-SHA256 Credential={Credentials.AccessKeyId}/{scope}, SignedHeaders={names}, Signature={signature}")]);
    }

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Bytes(text));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
