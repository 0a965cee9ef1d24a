using System.Formats.Asn1;
using System.Numerics;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tars.Sealing.Timestamps;

/// <summary>A timestamp token taken apart: a CMS SignedData (RFC 5652) over a TSTInfo (RFC 3161 section 2.4.2). Nothing is verified yet.</summary>
internal sealed record TimestampToken(
    byte[] Info,
    string ImprintOid,
    byte[] Imprint,
    BigInteger SerialNumber,
    DateTimeOffset Time,
    BigInteger? Nonce,
    string PolicyOid,
    IReadOnlyList<byte[]> Certificates,
    TimestampSigner Signer)
{
    internal const int LongestToken = 256 << 10;
    private const int MostCertificates = 16;

    private static readonly Asn1Tag Explicit0 = new(TagClass.ContextSpecific, 0, isConstructed: true);

    /// <exception cref="AsnContentException">It is not of this form.</exception>
    internal static TimestampToken Read(ReadOnlyMemory<byte> der)
    {
        AsnReader outer = new(der, AsnEncodingRules.BER);
        AsnReader contentInfo = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        Expect(contentInfo.ReadObjectIdentifier(), CmsOids.SignedData);
        AsnReader signedData = contentInfo.ReadSequence(Explicit0).ReadSequence();
        _ = signedData.ReadInteger();
        _ = signedData.ReadSetOf(skipSortOrderValidation: true);
        AsnReader encapsulated = signedData.ReadSequence();
        Expect(encapsulated.ReadObjectIdentifier(), CmsOids.TimestampInfo);
        byte[] info = encapsulated.ReadSequence(Explicit0).ReadOctetString();
        List<byte[]> certificates = [];
        if (signedData.HasData && signedData.PeekTag().HasSameClassAndValue(Explicit0))
        {
            AsnReader set = signedData.ReadSetOf(skipSortOrderValidation: true, Explicit0);
            while (set.HasData && certificates.Count < MostCertificates)
            {
                certificates.Add(set.ReadEncodedValue().ToArray());
            }
        }

        if (signedData.PeekTag().HasSameClassAndValue(new Asn1Tag(TagClass.ContextSpecific, 1)))
        {
            _ = signedData.ReadEncodedValue();
        }

        AsnReader signers = signedData.ReadSetOf(skipSortOrderValidation: true);
        TimestampSigner signer = TimestampSigner.Read(signers.ReadSequence());
        signers.ThrowIfNotEmpty();
        return ReadInfo(info, certificates, signer);
    }

    /// <summary>The certificates that can be read; others cannot be the signer's.</summary>
    internal X509Certificate2Collection LoadCertificates()
    {
        X509Certificate2Collection loaded = [];
        foreach (byte[] certificate in Certificates)
        {
            try
            {
                loaded.Add(X509CertificateLoader.LoadCertificate(certificate));
            }
            catch (CryptographicException)
            {
                // An attribute certificate or another form: it is not the one that signed.
            }
        }

        return loaded;
    }

    private static TimestampToken ReadInfo(byte[] info, List<byte[]> certificates, TimestampSigner signer)
    {
        AsnReader outer = new(info, AsnEncodingRules.DER);
        AsnReader fields = outer.ReadSequence();
        outer.ThrowIfNotEmpty();
        if (fields.ReadInteger() != 1)
        {
            throw new AsnContentException("the TSTInfo is not of version 1");
        }

        string policy = fields.ReadObjectIdentifier();
        AsnReader imprint = fields.ReadSequence();
        string imprintOid = imprint.ReadSequence().ReadObjectIdentifier();
        byte[] digest = imprint.ReadOctetString();
        BigInteger serial = fields.ReadInteger();
        DateTimeOffset time = fields.ReadGeneralizedTime();
        BigInteger? nonce = null;
        while (fields.HasData)
        {
            if (fields.PeekTag().HasSameClassAndValue(Asn1Tag.Integer))
            {
                nonce = fields.ReadInteger();
            }
            else
            {
                // Accuracy, ordering, the authority's name, extensions: not needed to know that the bytes existed at that time.
                _ = fields.ReadEncodedValue();
            }
        }

        return new TimestampToken(info, imprintOid, digest, serial, time, nonce, policy, certificates, signer);
    }

    internal static void Expect(string found, string expected)
    {
        if (found != expected)
        {
            throw new AsnContentException($"the object identifier {found} stands where {expected} is expected");
        }
    }
}
