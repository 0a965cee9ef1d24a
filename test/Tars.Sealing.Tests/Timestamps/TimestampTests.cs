using System.Security.Cryptography.X509Certificates;
using Tars.Sealing.Timestamps;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Timestamps;

/// <summary>Timestamps of openssl's <c>ts</c>, which is the authority here.</summary>
public sealed class TimestampTests : IDisposable
{
    private const string Configuration = """
        [tsa]
        serial = serial
        signer_digest = sha256
        default_policy = 1.2.3.4
        digests = sha256, sha512
        accuracy = secs:1
        ess_cert_id_alg = sha256
        ess_cert_id_chain = no
        tsa_name = yes
        [v3]
        extendedKeyUsage = critical,timeStamping
        [v3tls]
        extendedKeyUsage = critical,timeStamping,serverAuth
        [ca]
        basicConstraints = critical,CA:TRUE
        [req]
        distinguished_name = name
        [name]
        """;

    private static readonly byte[] Content = TestKeys.Utf8("the statement");

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("EC", "ec_paramgen_curve:P-256", "sha256")]
    [InlineData("RSA", "rsa_keygen_bits:2048", "sha512")]
    public async Task VerifyAnswer_OfOpenSsl_TellsTheTime(string algorithm, string option, string digest)
    {
        await MakeAuthorityAsync(algorithm, option, "v3");
        TimestampRequest request = TimestampRequest.For(Content);
        DateTimeOffset before = DateTimeOffset.UtcNow.AddSeconds(-2);
        byte[] answer = await AnswerAsync(request, digest);
        (TimestampVerdict verdict, ReadOnlyMemory<byte> token) = TimestampVerifier.VerifyAnswer(answer, request, Content, Root());
        TimestampVerdict.Verified verified = Assert.IsType<TimestampVerdict.Verified>(verdict);
        Assert.InRange(verified.Time, before, DateTimeOffset.UtcNow.AddSeconds(2));
        Assert.Equal(("CN=authority", "CN=root", "1.2.3.4"), (verified.Authority, verified.Root, verified.PolicyOid));

        // openssl verifies the stored token as the document says.
        await File.WriteAllBytesAsync(_folder.Combine("token.tsr"), token.ToArray(), TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(_folder.Combine("statement.json"), Content, TestContext.Current.CancellationToken);
        Assert.Contains("OK", (await TestKeys.OpenSslResultAsync(_folder, "ts", "-verify", "-data", "statement.json", "-in", "token.tsr", "-token_in", "-CAfile", "root.pem")).Output, StringComparison.Ordinal);

        Assert.IsType<TimestampVerdict.Verified>(TimestampVerifier.Verify(token, Content, Root()));
        Assert.IsType<TimestampVerdict.OtherContent>(TimestampVerifier.Verify(token, "another"u8, Root()));
        Assert.IsType<TimestampVerdict.OtherRequest>(TimestampVerifier.VerifyAnswer(answer, TimestampRequest.For(Content), Content, Root()).Verdict);
        Assert.IsType<TimestampVerdict.UntrustedAuthority>(TimestampVerifier.Verify(token, Content, []));
        RefuseMutations(token.ToArray());
    }

    [Fact]
    public async Task VerifyAnswer_Rejection_CarriesTheAuthoritysWords()
    {
        await MakeAuthorityAsync("EC", "ec_paramgen_curve:P-256", "v3");
        await TestKeys.OpenSslAsync(_folder, "ts", "-query", "-digest", new string('0', 40), "-sha1", "-out", "weak.tsq");
        _ = await TestKeys.OpenSslResultAsync(_folder, "ts", "-reply", "-config", "openssl.cnf", "-section", "tsa", "-queryfile", "weak.tsq", "-inkey", "tsa.key", "-signer", "tsa.pem", "-out", "answer.tsr");
        byte[] answer = await File.ReadAllBytesAsync(_folder.Combine("answer.tsr"), TestContext.Current.CancellationToken);
        TimestampVerdict.Rejected rejected = Assert.IsType<TimestampVerdict.Rejected>(TimestampVerifier.VerifyAnswer(answer, TimestampRequest.For(Content), Content, Root()).Verdict);
        Assert.Equal((2, "Message digest algorithm is not supported."), (rejected.Status, rejected.Reason));
    }

    [Fact]
    public async Task Verify_CertificateForOtherPurposesToo_IsNotTrusted()
    {
        await MakeAuthorityAsync("EC", "ec_paramgen_curve:P-256", "v3");
        TimestampRequest request = TimestampRequest.For(Content);
        byte[] answer = await AnswerAsync(request, "sha256");
        (TimestampVerdict good, ReadOnlyMemory<byte> token) = TimestampVerifier.VerifyAnswer(answer, request, Content, Root());
        Assert.IsType<TimestampVerdict.Verified>(good);

        // The same key with a certificate that is for servers too: the token names the certificate by its digest, so it cannot be exchanged.
        await CertifyAsync("v3tls", "other.pem");
        using X509Certificate2 other = X509CertificateLoader.LoadCertificateFromFile(_folder.Combine("other.pem"));
        using X509Certificate2 authority = X509CertificateLoader.LoadCertificateFromFile(_folder.Combine("tsa.pem"));
        byte[] exchanged = Replace(token.ToArray(), authority.RawData, other.RawData);
        Assert.IsNotType<TimestampVerdict.Verified>(TimestampVerifier.Verify(exchanged, Content, Root()));
    }

    private static byte[] Replace(byte[] token, byte[] from, byte[] to)
    {
        int at = token.AsSpan().IndexOf(from);
        Assert.True(at > 0, "the token carries the certificate");
        return [.. token[..at], .. to, .. token[(at + from.Length)..]];
    }

    // Flips in what no signature covers (versions, the lists of algorithms, carried certificates that are not needed) may leave a token that
    // verifies: then it tells the same time of the same bytes.
    private void RefuseMutations(byte[] token)
    {
        Random random = new(Seeds.Draw());
        TimestampVerdict original = TimestampVerifier.Verify(token, Content, Root());
        int refused = 0;
        for (int i = 0; i < 300; i++)
        {
            TimestampVerdict verdict = TimestampVerifier.Verify(Verification.MutationTests.Mutate(token, random), Content, Root());
            if (verdict is TimestampVerdict.Verified)
            {
                Assert.Equal(original, verdict);
            }
            else
            {
                refused++;
            }
        }

        Assert.True(refused > 240, $"{refused} of 300 changes were refused");
    }

    private async Task MakeAuthorityAsync(string algorithm, string option, string extensions)
    {
        _folder.WriteText("openssl.cnf", Configuration);
        _folder.WriteText("serial", "01\n");
        await TestKeys.OpenSslAsync(_folder, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", "root.key");
        await TestKeys.OpenSslAsync(_folder, "req", "-x509", "-new", "-key", "root.key", "-subj", "/CN=root", "-days", "2", "-config", "openssl.cnf", "-extensions", "ca", "-out", "root.pem");
        await TestKeys.OpenSslAsync(_folder, "genpkey", "-algorithm", algorithm, "-pkeyopt", option, "-out", "tsa.key");
        await CertifyAsync(extensions, "tsa.pem");
    }

    private async Task CertifyAsync(string extensions, string output)
    {
        await TestKeys.OpenSslAsync(_folder, "req", "-new", "-key", "tsa.key", "-subj", "/CN=authority", "-config", "openssl.cnf", "-out", "tsa.csr");
        await TestKeys.OpenSslAsync(_folder, "x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial", "-days", "2", "-extfile", "openssl.cnf", "-extensions", extensions, "-out", output);
    }

    private async Task<byte[]> AnswerAsync(TimestampRequest request, string digest)
    {
        await File.WriteAllBytesAsync(_folder.Combine("request.tsq"), request.ToDer(), TestContext.Current.CancellationToken);
        await TestKeys.OpenSslAsync(_folder, "ts", "-reply", "-config", "openssl.cnf", "-section", "tsa", $"-{digest}", "-queryfile", "request.tsq", "-inkey", "tsa.key", "-signer", "tsa.pem", "-out", "answer.tsr");
        return await File.ReadAllBytesAsync(_folder.Combine("answer.tsr"), TestContext.Current.CancellationToken);
    }

    private X509Certificate2Collection Root() => [X509CertificateLoader.LoadCertificateFromFile(_folder.Combine("root.pem"))];
}
