using System.Security.Cryptography;
using Tars.Reports;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Streams;

namespace Tars.Application.Sealing;

/// <summary>A report as it is written.</summary>
/// <param name="Report">The files: plain or sealed, and the envelope last.</param>
/// <param name="Replaced">Names of the plain files that must not stay beside their sealed forms.</param>
public sealed record SealedReport(Report Report, IReadOnlyList<string> Replaced);

/// <summary>Seals reports with keys that were opened, and thereby checked, before anything was read. A report's own bytes stay what they are.</summary>
public sealed class ReportSealing : IDisposable
{
    /// <summary>What follows a file's name in the name of its sealed form.</summary>
    public const string SealedSuffix = ".sealed";

    private SigningKeys? _signing;
    private KeyEncryptionKey? _encryption;

    private ReportSealing()
    {
    }

    /// <summary>Opens the keys that the settings ask for; null when they ask for none.</summary>
    /// <param name="settings">What is asked for.</param>
    /// <param name="time">The clock.</param>
    /// <exception cref="SealingException">What is asked for cannot be done.</exception>
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
            return sealing;
        }
        catch (Exception exception) when (exception is SealingException or IOException or FormatException)
        {
            sealing.Dispose();
            throw;
        }
    }

    /// <summary>Seals a report.</summary>
    /// <param name="report">The report, plain.</param>
    /// <param name="facts">What the run was, for the statement.</param>
    public SealedReport Seal(Report report, RunFacts facts)
    {
        ArgumentNullException.ThrowIfNull(report);
        List<ReportFile> files = [];
        List<RunOutput> outputs = [];
        foreach (ReportFile plain in report.Files)
        {
            ReportFile written = _encryption is null ? plain : new ReportFile(
                plain.Name + SealedSuffix, "application/octet-stream", MemorySealing.Seal(plain.Content.Span, [_encryption], new SealOptions(plain.MediaType)));
            files.Add(written);
            outputs.Add(written == plain
                ? new RunOutput(plain.Name, DigestOf(plain))
                : new RunOutput(plain.Name, DigestOf(plain), written.Name, DigestOf(written)));
        }

        if (_signing is not null)
        {
            Envelope envelope = Envelope.Sign(Envelope.StatementType, RunStatement.Of(outputs, facts).ToUtf8(), _signing.Signers);
            files.Add(new ReportFile(report.Files[0].Name + Envelope.FileSuffix, "application/json", envelope.ToUtf8()));
        }

        return new SealedReport(report with { Files = files }, _encryption is null ? [] : [.. report.Files.Select(file => file.Name)]);
    }

    /// <summary>Clears the keys.</summary>
    public void Dispose()
    {
        _signing?.Dispose();
        _encryption?.Dispose();
    }

    private static string DigestOf(ReportFile file) => Convert.ToHexStringLower(SHA256.HashData(file.Content.Span));
}
