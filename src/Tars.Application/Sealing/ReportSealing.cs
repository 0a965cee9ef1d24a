using System.Security.Cryptography;
using Tars.Reports;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Pkcs11;
using Tars.Sealing.Signatures;
using Tars.Sealing.Streams;
using Tars.Sealing.Verification;

namespace Tars.Application.Sealing;

/// <summary>A report as it is written.</summary>
/// <param name="Report">The files: plain or sealed, and the envelope last.</param>
/// <param name="Replaced">Names of files of an older run that must not stay: plain files beside their sealed forms, the timestamp of another envelope.</param>
public sealed record SealedReport(Report Report, IReadOnlyList<string> Replaced);

/// <summary>Seals reports with keys that were opened, and thereby checked, before anything was read. A report's own bytes stay what they are.</summary>
public sealed class ReportSealing : IDisposable
{
    /// <summary>What follows a file's name in the name of its sealed form.</summary>
    public const string SealedSuffix = ".sealed";

    private SigningKeys? _signing;
    private KeyEncryptionKey? _encryption;
    private TimestampAuthority? _authority;

    private ReportSealing()
    {
    }

    /// <summary>Opens the keys that the settings ask for; null when they ask for none.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SealingException">What is asked for cannot be done.</exception>
    /// <exception cref="TokenException">The token cannot be used as asked.</exception>
    /// <exception cref="Tars.Sealing.Keys.KeyRingException">The ring has no key in use, or is open to others.</exception>
    /// <exception cref="Tars.Sealing.Keys.KeyFormException">The passphrase is another one, or a key cannot be used.</exception>
    public static ReportSealing? Open(SealingSettings settings, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(settings);
        if (!settings.Signs && !settings.Encrypts)
        {
            return null;
        }

        KeyRingAccess keys = new(settings, time);
        ReportSealing sealing = new();
        try
        {
            sealing._encryption = settings.Encrypts ? keys.OpenCurrentEncryption() : null;
            sealing._signing = settings.Signs ? keys.OpenSigning() : null;
            sealing._authority = settings.Signs ? TimestampAuthority.Open(settings.Timestamp, time) : null;
            return sealing;
        }
        catch (Exception exception) when (exception is SealingException or TokenException or IOException or FormatException)
        {
            sealing.Dispose();
            throw;
        }
    }

    /// <summary>What somebody should know of the keys; empty when there is nothing.</summary>
    public IReadOnlyList<string> Warnings => _signing?.Warnings ?? [];

    /// <summary>The public parts of the keys that sign; null when nothing is signed.</summary>
    public TrustedKeys? Signers => _signing is null ? null : new TrustedKeys(_signing.Signers.Select(signer => new TrustedKey(signer.PublicKey, "the signing keys", null)));

    /// <summary>Seals a report. Nothing is written yet.</summary>
    /// <param name="report">The report, plain.</param>
    /// <param name="facts">What the run was, for the statement.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TimestampException">A timestamp was asked for and there is none.</exception>
    public async Task<SealedReport> SealAsync(Report report, RunFacts facts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(report);
        List<ReportFile> files = [];
        List<RunOutput> outputs = [];
        foreach (ReportFile plain in report.Files)
        {
            ReportFile written = _encryption is null ? plain : new ReportFile(
                plain.Name + SealedSuffix, "application/octet-stream", MemorySealing.Seal(plain.Content.Span, [_encryption], new SealOptions(plain.MediaType)));
            files.Add(written);
            if (written != plain)
            {
                SealingMeter.Count("encrypt", "AES-256-GCM");
            }

            outputs.Add(written == plain
                ? new RunOutput(plain.Name, DigestOf(plain))
                : new RunOutput(plain.Name, DigestOf(plain), written.Name, DigestOf(written)));
        }

        if (_signing is not null)
        {
            Envelope envelope = Envelope.Sign(Envelope.StatementType, RunStatement.Of(outputs, facts).ToUtf8(), _signing.Signers);
            foreach (ISigner signer in _signing.Signers)
            {
                SealingMeter.Count("sign", signer.PublicKey.Algorithm == SignatureAlgorithm.RsaPssSha256 ? "RSA-PSS-SHA256" : "ECDSA-P256-SHA256");
            }

            files.AddRange(await SignedFilesAsync(report.Files[0].Name + Envelope.FileSuffix, envelope, _authority, cancellationToken).ConfigureAwait(false));
        }

        // The timestamp of an older envelope is not this one's.
        string[] stale = _signing is not null && _authority is null ? [report.Files[0].Name + Envelope.FileSuffix + TimestampAuthority.FileSuffix] : [];
        return new SealedReport(report with { Files = files }, [.. _encryption is null ? [] : report.Files.Select(file => file.Name), .. stale]);
    }

    /// <summary>An envelope, and its timestamp where there is an authority.</summary>
    /// <param name="name">The envelope's file name.</param>
    /// <param name="envelope">The envelope.</param>
    /// <param name="authority">Who is asked; null for nobody.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="TimestampException">A timestamp was asked for and there is none.</exception>
    public static async Task<IReadOnlyList<ReportFile>> SignedFilesAsync(string name, Envelope envelope, TimestampAuthority? authority, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(envelope);
        ReportFile file = new(name, "application/json", envelope.ToUtf8());
        return authority is null
            ? [file]
            : [file, new ReportFile(name + TimestampAuthority.FileSuffix, "application/timestamp-reply", await authority.StampAsync(envelope.Payload, cancellationToken).ConfigureAwait(false))];
    }

    /// <summary>Clears the keys.</summary>
    public void Dispose()
    {
        _authority?.Dispose();
        _signing?.Dispose();
        _encryption?.Dispose();
    }

    private static string DigestOf(ReportFile file) => Convert.ToHexStringLower(SHA256.HashData(file.Content.Span));
}
