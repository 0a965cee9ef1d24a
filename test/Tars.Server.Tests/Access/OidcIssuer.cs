using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Tars.TestKit.SecretServers.Tokens;
using Tars.TestKit.Servers;

namespace Tars.Server.Tests.Access;

/// <summary>An issuer of OpenID Connect: its discovery document and its keys over HTTP.</summary>
internal sealed class OidcIssuer : IAsyncDisposable
{
    private readonly WebApplication _server;
    private int _keyFetches;
    private int _version;

    private OidcIssuer(WebApplication server, string address) => (_server, Address, Key) = (server, address, new TokenIssuer(address, TimeProvider.System));

    /// <summary>Its address, which is its name too.</summary>
    public string Address { get; }

    /// <summary>What signs now.</summary>
    public TokenIssuer Key { get; private set; }

    /// <summary>How often its keys were asked for.</summary>
    public int KeyFetches => _keyFetches;

    private string KeyId => $"key-{_version}";

    public static async Task<OidcIssuer> StartAsync()
    {
        string address = $"http://127.0.0.1:{LoopbackPort.Free()}/realm";
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().UseUrls(address[..^"/realm".Length]);
        WebApplication server = builder.Build();
        OidcIssuer issuer = new(server, address);
        server.Run(issuer.AnswerAsync);
        await server.StartAsync();
        return issuer;
    }

    /// <summary>Signs with a new key from now on.</summary>
    public void Rotate()
    {
        _version++;
        Key = new TokenIssuer(Address, TimeProvider.System);
    }

    /// <summary>A token.</summary>
    public string Issue(string subject, string name, string[] roles, TimeSpan? lifetime = null, string audience = "tars-api", TokenIssuer? key = null, Action<JsonObject>? header = null)
    {
        long now = TimeProvider.System.GetUtcNow().ToUnixTimeSeconds();
        JsonObject head = new() { ["alg"] = "RS256", ["typ"] = "JWT", ["kid"] = KeyId };
        header?.Invoke(head);
        return (key ?? Key).Sign(head, new JsonObject
        {
            ["iss"] = Address,
            ["sub"] = subject,
            ["aud"] = audience,
            ["iat"] = now,
            ["exp"] = now + (long)(lifetime ?? TimeSpan.FromMinutes(10)).TotalSeconds,
            ["preferred_username"] = name,
            ["roles"] = new JsonArray([.. roles.Select(role => (JsonNode)role)]),
        });
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        JsonObject? answer = context.Request.Path.Value switch
        {
            "/realm/.well-known/openid-configuration" => new JsonObject { ["issuer"] = Address, ["jwks_uri"] = Address + "/keys" },
            "/realm/keys" => Keys(),
            _ => null,
        };
        context.Response.StatusCode = answer is null ? StatusCodes.Status404NotFound : StatusCodes.Status200OK;
        return context.Response.WriteAsync(answer?.ToJsonString() ?? string.Empty);
    }

    private JsonObject Keys()
    {
        Interlocked.Increment(ref _keyFetches);
        RSAParameters key = ((RSA)Key.Key).ExportParameters(includePrivateParameters: false);
        return new JsonObject
        {
            ["keys"] = new JsonArray(new JsonObject { ["kty"] = "RSA", ["use"] = "sig", ["kid"] = KeyId, ["n"] = Base64Url.EncodeToString(key.Modulus), ["e"] = Base64Url.EncodeToString(key.Exponent) }),
        };
    }
}
