using System.Diagnostics.CodeAnalysis;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Net.Pkcs11Interop.Common;
using Net.Pkcs11Interop.HighLevelAPI;
using PublicKey = Tars.Sealing.Signatures.PublicKey;

namespace Tars.Sealing.Pkcs11;

/// <summary>Reads objects of a token: attributes, and public keys from whichever object has them.</summary>
internal sealed class TokenObjects(ISession session, Pkcs11InteropFactories factories)
{
    private const int BareP256Point = 65;

    internal List<IObjectHandle> Find(CKO kind, string? label, string? idHex)
    {
        List<IObjectAttribute> template = [factories.ObjectAttributeFactory.Create(CKA.CKA_CLASS, kind)];
        try
        {
            if (label is not null)
            {
                template.Add(factories.ObjectAttributeFactory.Create(CKA.CKA_LABEL, label));
            }

            if (idHex is not null)
            {
                template.Add(factories.ObjectAttributeFactory.Create(CKA.CKA_ID, Convert.FromHexString(idHex)));
            }

            return session.FindAllObjects(template);
        }
        finally
        {
            template.ForEach(attribute => attribute.Dispose());
        }
    }

    internal string LabelOf(IObjectHandle handle) => Text.OneLine(System.Text.Encoding.UTF8.GetString(Bytes(handle, CKA.CKA_LABEL) ?? []));

    internal string IdOf(IObjectHandle handle) => Convert.ToHexStringLower(Bytes(handle, CKA.CKA_ID) ?? []);

    /// <summary>The key type; null when the object does not say.</summary>
    internal CKK? TypeOf(IObjectHandle handle) => Read(handle, CKA.CKA_KEY_TYPE, attribute => (CKK?)attribute.GetValueAsUlong(), null);

    /// <summary>A flag; null when the token does not know or tell it.</summary>
    internal bool? Flag(IObjectHandle handle, CKA flag) => Read<bool?>(handle, flag, attribute => attribute.GetValueAsBool(), null);

    /// <summary>The bytes of an attribute; null when the token does not know or tell it.</summary>
    internal byte[]? Bytes(IObjectHandle handle, CKA type) => Read(handle, type, attribute => attribute.GetValueAsByteArray(), null);

    /// <summary>The public key that a public key object, an RSA private key object or a certificate holds. False: it holds none that is permitted.</summary>
    internal bool TryPublicKey(IObjectHandle handle, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? refusal)
    {
        (key, refusal) = (null, "it has no public part that can be read");
        try
        {
            byte[]? info = TypeOf(handle) switch
            {
                CKK.CKK_RSA => RsaInfo(Bytes(handle, CKA.CKA_MODULUS), Bytes(handle, CKA.CKA_PUBLIC_EXPONENT)),
                CKK.CKK_EC => EllipticInfo(Bytes(handle, CKA.CKA_EC_PARAMS), Bytes(handle, CKA.CKA_EC_POINT)),
                null => CertificateInfo(Bytes(handle, CKA.CKA_VALUE)),
                _ => null,
            };
            return info is not null && PublicKey.TryRead(info, out key, out refusal);
        }
        catch (Exception exception) when (exception is CryptographicException or AsnContentException)
        {
            refusal = $"its public part is damaged or of a curve that is not permitted: {Text.OneLine(exception.Message)}";
            return false;
        }
    }

    // Tokens differ in which object they keep beside a private key: the public key, only a certificate, or nothing, where RSA's own
    // attributes are the public part.
    internal bool TryPublicKeyBeside(IObjectHandle privateKey, [NotNullWhen(true)] out PublicKey? key, [NotNullWhen(false)] out string? refusal)
    {
        string id = IdOf(privateKey);
        CKK? type = TypeOf(privateKey);
        (key, refusal) = (null, "the token holds neither its public key nor a certificate with its id");
        IEnumerable<IObjectHandle> candidates = id.Length == 0 ? [] : Find(CKO.CKO_PUBLIC_KEY, null, id).Where(handle => TypeOf(handle) == type);
        candidates = type == CKK.CKK_RSA ? candidates.Append(privateKey) : candidates;
        candidates = id.Length == 0 ? candidates : candidates.Concat(Find(CKO.CKO_CERTIFICATE, null, id));
        foreach (IObjectHandle candidate in candidates)
        {
            if (TryPublicKey(candidate, out key, out refusal))
            {
                return true;
            }
        }

        refusal ??= "the token holds neither its public key nor a certificate with its id";
        return false;
    }

    private static byte[]? RsaInfo(byte[]? modulus, byte[]? exponent)
    {
        if (modulus is not { Length: > 0 } || exponent is not { Length: > 0 })
        {
            return null;
        }

        using RSA rsa = RSA.Create(new RSAParameters { Modulus = modulus.AsSpan().TrimStart((byte)0).ToArray(), Exponent = exponent.AsSpan().TrimStart((byte)0).ToArray() });
        return rsa.ExportSubjectPublicKeyInfo();
    }

    // CKA_EC_POINT is the point in a DER OCTET STRING (PKCS #11 3.1, section 6.3.3); older tokens give the point alone, for P-256 04 and
    // twice 32 bytes. An OCTET STRING of that length would hold 63 bytes, which are no point.
    private static byte[]? EllipticInfo(byte[]? parameters, byte[]? point)
    {
        if (parameters is not { Length: > 0 } || point is not { Length: > 0 })
        {
            return null;
        }

        byte[] bare = point.Length == BareP256Point ? point : AsnDecoder.ReadOctetString(point, AsnEncodingRules.DER, out _);
        AsnWriter writer = new(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence())
            {
                writer.WriteObjectIdentifier("1.2.840.10045.2.1");
                writer.WriteEncodedValue(parameters);
            }

            writer.WriteBitString(bare);
        }

        return writer.Encode();
    }

    private static byte[]? CertificateInfo(byte[]? certificate)
    {
        if (certificate is not { Length: > 0 })
        {
            return null;
        }

        using X509Certificate2 read = X509CertificateLoader.LoadCertificate(certificate);
        return read.PublicKey.ExportSubjectPublicKeyInfo();
    }

    private T Read<T>(IObjectHandle handle, CKA type, Func<IObjectAttribute, T> value, T otherwise)
    {
        List<IObjectAttribute> attributes = session.GetAttributeValue(handle, [type]);
        try
        {
            return attributes[0].CannotBeRead ? otherwise : value(attributes[0]);
        }
        catch (AttributeValueException)
        {
            return otherwise;
        }
        finally
        {
            attributes.ForEach(attribute => attribute.Dispose());
        }
    }
}
