using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Tars.Server.Access;
using Tars.Server.Access.Credentials;
using Tars.Storage.Identity;
using Xunit;

namespace Tars.Server.Tests.Access;

/// <summary>Client certificates, which TLS has verified, as credentials.</summary>
public sealed class ClientCertificateTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Look_CertificateOfAUser_IsTheUserUntilDisabled()
    {
        using X509Certificate2 known = Make(DateTimeOffset.UnixEpoch.AddYears(10), DateTimeOffset.UnixEpoch.AddYears(200)), other = Make(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        using X509Certificate2 over = Make(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(10));
        await using AccessServer server = await AccessServer.StartAsync(
            yaml: $"api:\n  client_certificates:\n    robot: \"{string.Join(':', Convert.ToHexString(known.GetCertHash(HashAlgorithmName.SHA256)).Chunk(2).Select(pair => new string(pair)))}\"\n    old: {over.GetCertHashString(HashAlgorithmName.SHA256)}", audited: false);
        NewUser robot = await server.AddUserAsync("robot", "sre");
        await server.AddUserAsync("old", "sre");
        CredentialCheck check = server.Services.GetRequiredService<CredentialCheck>();
        Caller.Known caller = Assert.IsType<Caller.Known>(await check.LookAsync(known, Token));
        Assert.Equal((robot.Id, Role.Sre, CredentialKind.Certificate, known.GetCertHashString(HashAlgorithmName.SHA256).ToLowerInvariant()), (caller.UserId, caller.Role, caller.Credential, caller.CredentialId));
        Assert.Equal("unknown certificate", Assert.IsType<Caller.Refused>(await check.LookAsync(other, Token)).Reason);
        Assert.Equal("expired certificate", Assert.IsType<Caller.Refused>(await check.LookAsync(over, Token)).Reason);
        await server.Store.Users.DisableAsync(robot.Id, Token);
        await server.Services.GetRequiredService<RevocationWatch>().LookAsync(Token);
        Assert.Equal("disabled user", Assert.IsType<Caller.Refused>(await check.LookAsync(known, Token)).Reason);
    }

    private static X509Certificate2 Make(DateTimeOffset from, DateTimeOffset to)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=robot", key, HashAlgorithmName.SHA256).CreateSelfSigned(from, to);
    }
}
