using System.Globalization;
using System.Security.Cryptography;
using Org.BouncyCastle.Crypto;
using Org.BouncyCastle.Crypto.Engines;
using Org.BouncyCastle.Crypto.Modes;
using Org.BouncyCastle.Crypto.Parameters;

namespace Tars.Sealing.OpenPgp.GnuPgHome;

/// <summary>How GnuPG's agent protects a secret key with a passphrase (GnuPG, agent/keyformat.txt): AES-128 in OCB mode, or older in CBC mode.</summary>
internal static class GnuPgProtection
{
    private const string Ocb = "openpgp-s2k3-ocb-aes";
    private const string Cbc = "openpgp-s2k3-sha1-aes-cbc";
    private const int KeyBytes = 16;
    private const int TagBits = 128;
    private const long CountLimit = 1L << 32;

    /// <summary>Returns the list of secret numbers in <paramref name="parameters"/>.</summary>
    /// <exception cref="FormatException">The protection is of an unknown kind.</exception>
    /// <exception cref="InvalidCipherTextException">The passphrase is wrong, or the file is damaged.</exception>
    public static SExpression.List Open(SExpression.List parameters, byte[] passphrase)
    {
        SExpression.List protection = parameters.Find("protected") ?? throw new FormatException("protected is missing");
        if (protection.Items is not [_, _, SExpression.List { Items: [SExpression.List, _] } how, SExpression.Atom sealedPart])
        {
            throw new FormatException("protected is not as it should be");
        }

        byte[] key = DeriveKey((SExpression.List)how.Items[0], passphrase);
        try
        {
            return protection.Text(1) switch
            {
                Ocb => OpenOcb(parameters, key, how.Bytes(1), sealedPart.Bytes),
                Cbc => OpenCbc(parameters, key, how.Bytes(1), sealedPart.Bytes),
                { } other => throw new FormatException($"the protection {other} is not read"),
                null => throw new FormatException("the protection has no name"),
            };
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static SExpression.List OpenOcb(SExpression.List parameters, byte[] key, byte[] nonce, byte[] sealedPart)
    {
        OcbBlockCipher cipher = new(new AesEngine(), new AesEngine());
        byte[] associated = WithoutProtected(parameters).ToCanonical();
        cipher.Init(forEncryption: false, new AeadParameters(new KeyParameter(key), TagBits, nonce, associated));
        byte[] plain = new byte[cipher.GetOutputSize(sealedPart.Length)];
        int length = cipher.ProcessBytes(sealedPart, 0, sealedPart.Length, plain, 0);
        cipher.DoFinal(plain, length);
        return Inner(plain);
    }

    private static SExpression.List OpenCbc(SExpression.List parameters, byte[] key, byte[] vector, byte[] sealedPart)
    {
        using Aes aes = Aes.Create();
        aes.Key = key;
        byte[] plain = aes.DecryptCbc(sealedPart, vector, PaddingMode.None);
        SExpression.List whole;
        try
        {
            whole = SExpressionReader.ReadList(plain);
        }
        catch (FormatException)
        {
            throw new InvalidCipherTextException("the passphrase is wrong, or the file is damaged");
        }

        // ((d …)(p …)…)(hash sha1 DIGEST), the digest over the whole key in the clear.
        SExpression.List secret = whole.Items.OfType<SExpression.List>().First();
        List<SExpression> all = [.. parameters.Items.Where(item => item is not SExpression.List { Name: "protected" or "protected-at" })];
        all.AddRange(secret.Items);
        all.AddRange(parameters.Items.Where(item => item is SExpression.List { Name: "protected-at" }));
        byte[] expected = whole.Find("hash")?.Bytes(2) ?? throw new FormatException("hash is missing");
#pragma warning disable CA5350 // GnuPG's older protection is checked with SHA-1; nothing is made with it here
        byte[] digest = SHA1.HashData(new SExpression.List(all).ToCanonical());
#pragma warning restore CA5350
        return CryptographicOperations.FixedTimeEquals(digest, expected)
            ? secret
            : throw new InvalidCipherTextException("the passphrase is wrong, or the file is damaged");
    }

    private static SExpression.List Inner(byte[] plain) => SExpressionReader.ReadList(plain).Items.OfType<SExpression.List>().First();

    private static SExpression.List WithoutProtected(SExpression.List parameters) =>
        new([.. parameters.Items.Where(item => item is not SExpression.List { Name: "protected" })]);

    /// <summary>The iterated and salted key derivation of OpenPGP with SHA-1, its count in plain decimal digits (values below 256 are coded).</summary>
    private static byte[] DeriveKey(SExpression.List how, byte[] passphrase)
    {
        if (how.Text(0) != "sha1" || !long.TryParse(how.Text(2), NumberStyles.None, CultureInfo.InvariantCulture, out long count) || count > CountLimit)
        {
            throw new FormatException("the key derivation is not read");
        }

        count = count < 256 ? (16L + (count & 15)) << (int)((count >> 4) + 6) : count;
        byte[] unit = [.. how.Bytes(1), .. passphrase];
#pragma warning disable CA5350 // as above
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA1);
#pragma warning restore CA5350
        long left = Math.Max(count, unit.Length);
        for (; left >= unit.Length; left -= unit.Length)
        {
            hash.AppendData(unit);
        }

        hash.AppendData(unit, 0, (int)left);
        CryptographicOperations.ZeroMemory(unit);
        return hash.GetHashAndReset()[..KeyBytes];
    }
}
