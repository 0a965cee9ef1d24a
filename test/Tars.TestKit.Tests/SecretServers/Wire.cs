using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Xunit;

namespace Tars.TestKit.Tests.SecretServers;

/// <summary>An answer as a plain client sees it.</summary>
internal sealed record Reply(int Status, IReadOnlyDictionary<string, string> Headers, string Body)
{
    internal JsonNode Json => JsonNode.Parse(Body)!;
}

/// <summary>Requests written out by hand, without any client of the service.</summary>
internal static class Wire
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false });

    internal static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    internal static Task<Reply> GetAsync(Uri server, string target, params (string Name, string Value)[] headers) =>
        SendAsync(server, "GET", target, null, headers);

    internal static Task<Reply> PostAsync(Uri server, string target, string body, params (string Name, string Value)[] headers) =>
        SendAsync(server, "POST", target, body, headers);

    internal static Task<Reply> FormAsync(Uri server, string target, params (string Name, string Value)[] fields) =>
        SendAsync(
            server,
            "POST",
            target,
            string.Join('&', fields.Select(field => $"{Uri.EscapeDataString(field.Name)}={Uri.EscapeDataString(field.Value)}")),
            ("Content-Type", "application/x-www-form-urlencoded"));

    internal static async Task<Reply> SendAsync(Uri server, string method, string target, string? body, params (string Name, string Value)[] headers)
    {
        Uri address = new(server.GetLeftPart(UriPartial.Authority) + target, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
        using HttpRequestMessage request = new(new HttpMethod(method), address);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
        }

        foreach ((string name, string value) in headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                Assert.True(request.Content!.Headers.TryAddWithoutValidation(name, value), name);
            }
        }

        using HttpResponseMessage response = await Client.SendAsync(request, Cancelled);
        return new Reply(
            (int)response.StatusCode,
            response.Headers.Concat(response.Content.Headers).ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase),
            await response.Content.ReadAsStringAsync(Cancelled));
    }

    internal static HttpClient Trusting(string authorityPem)
    {
        X509ChainPolicy policy = new() { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(X509Certificate2.CreateFromPem(authorityPem));
        return new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = new SslClientAuthenticationOptions { CertificateChainPolicy = policy } });
    }
}
