using System.Text;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.Sealing.Verification;
using Tars.TestKit;

namespace Tars.Sealing.Tests;

/// <summary>One pair of signing keys for the whole run, as making an RSA-4096 key takes seconds.</summary>
internal static class TestKeys
{
    private static readonly Lazy<PrivateKey> LazyRsa = new(() => PrivateKey.Create(SignatureAlgorithm.RsaPssSha256));
    private static readonly Lazy<PrivateKey> LazyEcdsa = new(() => PrivateKey.Create(SignatureAlgorithm.EcdsaP256Sha256));

    internal static PrivateKey Rsa => LazyRsa.Value;

    internal static PrivateKey Ecdsa => LazyEcdsa.Value;

    internal static PrivateKey Of(SignatureAlgorithm algorithm) => algorithm == SignatureAlgorithm.RsaPssSha256 ? Rsa : Ecdsa;

    internal static IReadOnlyList<ISigner> Pair => [Rsa, Ecdsa];

    internal static TrustedKeys Trust => TrustOf(Rsa, Ecdsa);

    internal static TrustedKeys TrustOf(params PrivateKey[] keys) => new(keys.Select(key => new TrustedKey(key.PublicKey, "test")));

    /// <summary>The private key as PEM in the clear.</summary>
    internal static byte[] Pem(PrivateKey key)
    {
        using SecretBytes pem = key.ToPem(null);
        return pem.Span.ToArray();
    }

    /// <summary>Runs openssl, which must succeed.</summary>
    internal static async Task<string> OpenSslAsync(TemporaryDirectory folder, params string[] arguments)
    {
        CommandResult result = await OpenSslResultAsync(folder, arguments);
        Assert.True(result.ExitCode == 0, $"openssl {string.Join(' ', arguments)}: {result.Output}{result.Error}");
        return result.Output;
    }

    internal static Task<CommandResult> OpenSslResultAsync(TemporaryDirectory folder, params string[] arguments) =>
        new CommandLine(Executables.Require("openssl"), arguments) { WorkingDirectory = folder.Path }.RunAsync(TestContext.Current.CancellationToken);

    internal static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
