using System.Security.Cryptography;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Sealing;
using Tars.Observability.Captures;
using Tars.Sealing.Envelopes;

namespace Tars.Cli.Commands.Capture;

/// <summary>The keys that sign a capture, opened before it is made; nothing when no signature is asked for.</summary>
internal sealed class CaptureSigning : IDisposable
{
    private static readonly string[] Lists = ["SHA256SUMS", "manifest.json"];

    private SigningKeys? _keys;
    private TimestampAuthority? _authority;

    private CaptureSigning()
    {
    }

    /// <summary>Opens what <c>--sign</c>, <c>--timestamp</c> and the configuration ask for.</summary>
    /// <exception cref="UsageException">A timestamp without a signature.</exception>
    public static CaptureSigning Open(CommandRun run)
    {
        SealingSettings settings = SealingSettings.Of(run.Settings.Loaded);
        if (!settings.Signs)
        {
            return run.Value(CommonOptions.Timestamp) is null
                ? new CaptureSigning()
                : throw new UsageException($"{CommonOptions.Timestamp.Name}: a timestamp is over what is signed, and nothing is", "write --sign as well");
        }

        CaptureSigning signing = new();
        signing._authority = TimestampAuthority.Open(settings.Timestamp, run.Time);
        signing._keys = new KeyRingAccess(settings, run.Time).OpenSigning();
        foreach (string warning in signing._keys.Warnings)
        {
            run.Console.Warn(warning);
        }

        return signing;
    }

    /// <summary>Writes an envelope into the capture that names each of its files. The digests of the data are those that were taken when they were written.</summary>
    public async Task SignAsync(CommandRun run, string folder, CaptureManifest manifest, CancellationToken cancellationToken)
    {
        if (_keys is null)
        {
            return;
        }

        try
        {
            List<Subject> subjects = [];
            foreach (string name in Lists)
            {
                byte[] content = await File.ReadAllBytesAsync(Path.Combine(folder, name), cancellationToken).ConfigureAwait(false);
                subjects.Add(new Subject(name, Convert.ToHexStringLower(SHA256.HashData(content))));
            }

            subjects.AddRange(manifest.Queries.Where(query => query.File is not null).DistinctBy(query => query.File).Select(query => new Subject(query.File!, query.Sha256!)));
            await FileEnvelope.SignAsync(run, Path.Combine(folder, Lists[0]), subjects, _keys, _authority, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new SealingException($"{folder}: {exception.Message}", null, exception);
        }
    }

    public void Dispose()
    {
        _keys?.Dispose();
        _authority?.Dispose();
    }
}
