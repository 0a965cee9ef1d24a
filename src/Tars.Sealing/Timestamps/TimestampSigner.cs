using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tars.Sealing.Timestamps;

/// <summary>The SignerInfo of a token (RFC 5652 section 5.3): signed attributes and the signature over them.</summary>
internal sealed record TimestampSigner(
    string HashOid,
    byte[] SignedAttributes,
    string AttributeContentType,
    byte[] MessageDigest,
    string CertificateHashOid,
    byte[] CertificateHash,
    string SignatureOid,
    byte[] Signature)
{
    private static readonly Asn1Tag AttributesTag = new(TagClass.ContextSpecific, 0, isConstructed: true);

    internal static TimestampSigner Read(AsnReader fields)
    {
        _ = fields.ReadInteger();
        // Issuer and serial number, or a key identifier: the certificate is found by its digest in the signed attributes instead.
        _ = fields.ReadEncodedValue();
        string hashOid = fields.ReadSequence().ReadObjectIdentifier();
        if (!fields.PeekTag().HasSameClassAndValue(AttributesTag))
        {
            throw new AsnContentException("the token has no signed attributes");
        }

        // What is signed is the set with its universal tag instead of [0].
        byte[] attributes = fields.ReadEncodedValue().ToArray();
        attributes[0] = 0x31;
        (string contentType, byte[] digest, string certificateOid, byte[] certificate) = ReadAttributes(attributes);
        string signatureOid = fields.ReadSequence().ReadObjectIdentifier();
        return new TimestampSigner(hashOid, attributes, contentType, digest, certificateOid, certificate, signatureOid, fields.ReadOctetString());
    }

    /// <summary>The certificate whose digest the signer signed, or null when it is not there.</summary>
    internal X509Certificate2? FindCertificate(X509Certificate2Collection candidates) => candidates.FirstOrDefault(candidate =>
        (CertificateHashOid == CmsOids.Sha1 ? Sha1(candidate.RawData) : Hash(CertificateHashOid, candidate.RawData)).AsSpan().SequenceEqual(CertificateHash));

    /// <summary>Whether the signed attributes are those of this content, signed by the certificate's key.</summary>
    internal string? RefusalOf(byte[] content, X509Certificate2 certificate)
    {
        if (CmsOids.Hash(HashOid) is not { } hash)
        {
            return $"the signer's hash {HashOid} is not permitted; SHA-256, SHA-384 or SHA-512 is expected";
        }

        if (AttributeContentType != CmsOids.TimestampInfo || !Hash(HashOid, content).AsSpan().SequenceEqual(MessageDigest))
        {
            return "the signed attributes are not those of this TSTInfo";
        }

        bool? isRsa = CmsOids.IsRsa(SignatureOid, hash);
        using RSA? rsa = certificate.GetRSAPublicKey();
        using ECDsa? ecdsa = certificate.GetECDsaPublicKey();
        bool good = isRsa switch
        {
            true => rsa is { KeySize: >= 2048 and <= 8192 } && rsa.VerifyData(SignedAttributes, Signature, hash, RSASignaturePadding.Pkcs1),
            false => ecdsa is { KeySize: >= 256 } && ecdsa.VerifyData(SignedAttributes, Signature, hash, DSASignatureFormat.Rfc3279DerSequence),
            null => false,
        };
        return good ? null
            : isRsa is null ? $"the signature algorithm {SignatureOid} is not permitted; RSA PKCS #1 v1.5 or ECDSA with a hash of the SHA-2 family is expected"
            : "the authority's signature does not hold";
    }

    private static byte[] Hash(string oid, byte[] content) =>
        CmsOids.Hash(oid) is { } name ? CryptographicOperations.HashData(name, content) : [];

    // SigningCertificate (RFC 2634) names the certificate by SHA-1. It only chooses among certificates, each of which is then verified up to
    // a trusted one.
#pragma warning disable CA5350
    private static byte[] Sha1(byte[] content) => SHA1.HashData(content);
#pragma warning restore CA5350

    private static (string ContentType, byte[] Digest, string CertificateOid, byte[] CertificateHash) ReadAttributes(byte[] encoded)
    {
        string? contentType = null;
        byte[]? digest = null;
        (string Oid, byte[] Hash)? certificate = null;
        AsnReader set = new AsnReader(encoded, AsnEncodingRules.BER).ReadSetOf(skipSortOrderValidation: true);
        while (set.HasData)
        {
            AsnReader attribute = set.ReadSequence();
            string oid = attribute.ReadObjectIdentifier();
            AsnReader values = attribute.ReadSetOf(skipSortOrderValidation: true);
            switch (oid)
            {
                case CmsOids.ContentType when contentType is null:
                    contentType = values.ReadObjectIdentifier();
                    break;
                case CmsOids.MessageDigest when digest is null:
                    digest = values.ReadOctetString();
                    break;
                case CmsOids.SigningCertificateV2:
                    certificate = CertificateId(values, isVersion2: true);
                    break;
                case CmsOids.SigningCertificate:
                    certificate ??= CertificateId(values, isVersion2: false);
                    break;
                case CmsOids.ContentType or CmsOids.MessageDigest:
                    throw new AsnContentException("a signed attribute stands twice");
                default:
                    break;
            }
        }

        return contentType is not null && digest is not null && certificate is { } id
            ? (contentType, digest, id.Oid, id.Hash)
            : throw new AsnContentException("content type, message digest or signing certificate is missing among the signed attributes");
    }

    // ESSCertID and ESSCertIDv2 (RFC 5816): the first one is the signer's; the hash of the second form is SHA-256 unless it says otherwise.
    private static (string Oid, byte[] Hash) CertificateId(AsnReader values, bool isVersion2)
    {
        AsnReader first = values.ReadSequence().ReadSequence().ReadSequence();
        string oid = isVersion2 ? CmsOids.Sha256 : CmsOids.Sha1;
        if (isVersion2 && first.PeekTag().HasSameClassAndValue(Asn1Tag.Sequence))
        {
            oid = first.ReadSequence().ReadObjectIdentifier();
        }

        return (oid, first.ReadOctetString());
    }
}
