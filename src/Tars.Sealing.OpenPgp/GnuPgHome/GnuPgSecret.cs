using Org.BouncyCastle.Asn1;
using Org.BouncyCastle.Bcpg;
using Org.BouncyCastle.Bcpg.OpenPgp;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Parameters;
using Org.BouncyCastle.Math;
using Org.BouncyCastle.Utilities;
using Tars.Sealing.OpenPgp.Keys;

namespace Tars.Sealing.OpenPgp.GnuPgHome;

/// <summary>A secret key as GnuPG's agent keeps it.</summary>
internal sealed class GnuPgSecret(PgpPublicKey key, SExpression.List expression) : SecretPart
{
    private const string Clear = "private-key";
    private const string Protected = "protected-private-key";
    private const int CurveKeyBytes = 32;

    public override long KeyId => key.KeyId;

    public override bool IsProtected => expression.Name == Protected;

    /// <summary>Returns what a public key and its secret file have in common: modulus or point; null for algorithms that are not read.</summary>
    public static string? IdentityOf(PgpPublicKey key) => key.PublicKeyPacket.Key switch
    {
        RsaPublicBcpgKey rsa => Hex(rsa.Modulus.ToByteArrayUnsigned()),
        ECPublicBcpgKey ec => Hex(ec.EncodedPoint.ToByteArrayUnsigned()),
        _ => null,
    };

    /// <inheritdoc cref="IdentityOf(PgpPublicKey)"/>
    public static string? IdentityOf(SExpression.List expression) =>
        expression.Items.OfType<SExpression.List>().FirstOrDefault() is { Name: "rsa" or "ecc" } parameters
            ? Hex(parameters.ValueOf(parameters.Name == "rsa" ? "n" : "q"))
            : null;

    protected override PgpPrivateKey? Extract(byte[] passphrase)
    {
        SExpression.List parameters = expression.Items.OfType<SExpression.List>().First();
        SExpression.List secret = expression.Name switch
        {
            Clear => parameters,
            Protected => GnuPgProtection.Open(parameters, passphrase),
            _ => throw new FormatException($"{expression.Name} is not read"),
        };
        AsymmetricKeyParameter? privateKey = parameters.Name == "rsa" ? Rsa(parameters, secret) : Curve(parameters, secret);
        return privateKey is null ? null : new PgpPrivateKey(key.KeyId, key.PublicKeyPacket, privateKey);
    }

    private static RsaPrivateCrtKeyParameters Rsa(SExpression.List open, SExpression.List secret)
    {
        BigInteger n = Number(open, "n");
        BigInteger d = Number(secret, "d");
        BigInteger p = Number(secret, "p");
        BigInteger q = Number(secret, "q");
        return new RsaPrivateCrtKeyParameters(
            n, Number(open, "e"), d, p, q, d.Mod(p.Subtract(BigInteger.One)), d.Mod(q.Subtract(BigInteger.One)), q.ModInverse(p));
    }

    private AsymmetricKeyParameter Curve(SExpression.List open, SExpression.List secret)
    {
        BigInteger d = Number(secret, "d");
        switch (open.Find("curve")?.Text(1))
        {
            case "Ed25519":
                return new Ed25519PrivateKeyParameters(Padded(d));
            case "Curve25519":
                return new X25519PrivateKeyParameters(Arrays.ReverseInPlace(Padded(d)));
            default:
                DerObjectIdentifier curve = ((ECPublicBcpgKey)key.PublicKeyPacket.Key).CurveOid;
                return new ECPrivateKeyParameters(key.Algorithm == PublicKeyAlgorithmTag.ECDH ? "ECDH" : "ECDSA", d, curve);
        }
    }

    private static BigInteger Number(SExpression.List list, string name) => new(1, list.ValueOf(name));

    private static byte[] Padded(BigInteger number)
    {
        byte[] bytes = number.ToByteArrayUnsigned();
        return bytes.Length <= CurveKeyBytes
            ? [.. new byte[CurveKeyBytes - bytes.Length], .. bytes]
            : throw new FormatException("a secret of a curve is too long");
    }

    private static string Hex(byte[] bytes) => Convert.ToHexString(bytes.AsSpan().TrimStart((byte)0));
}
