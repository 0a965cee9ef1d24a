using System.Net;
using Tars.Application.Auditing;
using Tars.Application.Checkpoints;
using Tars.Application.Collecting;
using Tars.Application.Publishing;
using Tars.Application.Sealing;
using Tars.Application.Stores;
using Tars.Cli.Commands.Api;
using Tars.Client;
using Tars.Compliance.Audit;
using Tars.Configuration;
using Tars.Observability.TimeSeries;
using Tars.Sealing.Keys;
using Tars.Sealing.OpenPgp;
using Tars.Sealing.Pkcs11;
using Tars.Sealing.Streams;
using Tars.Storage;
using Tars.Storage.Blobs;

namespace Tars.Cli.CommandLine;

/// <summary>How a failure is told: one table from domain exceptions to words and exit codes.</summary>
/// <param name="ExitCode">See <see cref="CommandLine.ExitCode"/>.</param>
/// <param name="Message">What failed, and where.</param>
/// <param name="Hint">The way out, or null.</param>
internal sealed record Failure(int ExitCode, string Message, string? Hint)
{
    /// <summary>The failure an exception stands for; null for a defect of T.A.R.S. itself, which is not dressed up.</summary>
    public static Failure? Of(Exception exception) => exception switch
    {
        TarsProblemException problem => new Failure(
            problem.Status is HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError ? CommandLine.ExitCode.Environment : CommandLine.ExitCode.Usage, problem.Message, ApiServer.HintOf(problem)),
        TarsUnreachableException unreachable => new Failure(CommandLine.ExitCode.Environment, unreachable.Message, "does 'tars serve' run there? --url names the server"),
        TarsException answer => new Failure(CommandLine.ExitCode.Environment, answer.Message, null),
        UsageException usage => new Failure(CommandLine.ExitCode.Usage, usage.Message, usage.Hint),
        WindowException window => new Failure(CommandLine.ExitCode.Usage, window.Message, window.Hint),
        RequestException request => new Failure(CommandLine.ExitCode.Usage, request.Message, request.Hint),
        CsvException csv => new Failure(CommandLine.ExitCode.Usage, csv.Message, null),
        SettingsException settings => new Failure(
            CommandLine.ExitCode.Usage, string.Join('\n', settings.Problems), settings.Hint),
        SeriesSourceException { Failure: SourceFailure.NotCaptured } source => new Failure(CommandLine.ExitCode.Usage, source.Message, source.Hint),
        SeriesSourceException source => new Failure(CommandLine.ExitCode.Environment, source.Message, source.Hint),
        SealingException { IsEnvironment: false } sealing => new Failure(CommandLine.ExitCode.Usage, sealing.Message, sealing.Hint),
        SealingException sealing => new Failure(CommandLine.ExitCode.Environment, sealing.Message, sealing.Hint),
        TokenException token => new Failure(token.IsEnvironment ? CommandLine.ExitCode.Environment : CommandLine.ExitCode.Usage, token.Message, token.Hint),
        KeyRingException or KeyFormException => new Failure(CommandLine.ExitCode.Usage, exception.Message, null),
        TimestampException timestamp => new Failure(CommandLine.ExitCode.Environment, timestamp.Message, "nothing was written; ask again later, or name another authority with --timestamp or security.timestamp_url"),
        OpenPgpException { IsEnvironment: true } pgp => new Failure(CommandLine.ExitCode.Environment, pgp.Message, "nothing was replaced"),
        OpenPgpException pgp => new Failure(CommandLine.ExitCode.Usage, pgp.Message, null),
        SealedFileException file => new Failure(CommandLine.ExitCode.Environment, file.Message, "nothing was replaced"),
        OutputException output => new Failure(CommandLine.ExitCode.Environment, output.Message, "nothing was replaced; free space or choose another --output"),
        NotProvenException claim => new Failure(CommandLine.ExitCode.Negative, claim.Message, claim.Hint),
        PublicationException publication => new Failure(CommandLine.ExitCode.Environment, publication.Message, publication.Hint),
        StoreException store => new Failure(CommandLine.ExitCode.Environment, store.Message, store.Hint),
        BlobStoreException blobs => new Failure(CommandLine.ExitCode.Environment, blobs.Message, blobs.Hint.Length == 0 ? null : blobs.Hint),
        BackupException backup => new Failure(backup.IsUsage ? CommandLine.ExitCode.Usage : CommandLine.ExitCode.Environment, backup.Message, backup.Hint),
        AuditLogException audit => new Failure(CommandLine.ExitCode.Environment, audit.Message, audit.Hint),
        AuditException { IsEnvironment: false } audit => new Failure(CommandLine.ExitCode.Usage, audit.Message, audit.Hint),
        AuditException audit => new Failure(CommandLine.ExitCode.Environment, audit.Message, audit.Hint),
        _ => null,
    };
}
