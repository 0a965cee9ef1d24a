using System.Diagnostics;
using System.Text.Json.Nodes;
using Tars.Cli.CommandLine;
using Tars.Sealing.Keys;
using Tars.Sealing.Streams;

namespace Tars.Cli.Commands.Crypt;

/// <summary>Opens the predecessor's files. What tells a wrong key comes last, so standard output gets nothing before the end.</summary>
internal static class LegacyDecryption
{
    /// <summary>Decrypts one file, with the warning that belongs to it.</summary>
    public static async Task<DecryptOutcome> RunAsync(CommandRun run, CryptJob job, SecretBytes key, CancellationToken cancellationToken)
    {
        byte[] copy = GC.AllocateArray<byte>(key.Length, pinned: true);
        key.Span.CopyTo(copy);
        try
        {
            LegacyResult result = await CryptStreams.RunAsync(
                run, job, $"decrypting {job.Input}", (input, output) => OpenAsync(input, output, copy, job.WritesStandardOutput, cancellationToken),
                result => result is LegacyResult.Opened, cancellationToken).ConfigureAwait(false);
            return Of(run, job, result);
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(copy);
        }
    }

    private static async Task<LegacyResult> OpenAsync(Stream input, Stream output, ReadOnlyMemory<byte> key, bool holdBack, CancellationToken cancellationToken)
    {
        if (!holdBack)
        {
            return await LegacyCbc.OpenAsync(input, output, key, cancellationToken).ConfigureAwait(false);
        }

        using Stream held = HeldBack.Create();
        LegacyResult result = await LegacyCbc.OpenAsync(input, held, key, cancellationToken).ConfigureAwait(false);
        if (result is LegacyResult.Opened)
        {
            await HeldBack.ReleaseAsync(held, output, cancellationToken).ConfigureAwait(false);
        }

        return result;
    }

    private static DecryptOutcome Of(CommandRun run, CryptJob job, LegacyResult result)
    {
        switch (result)
        {
            case LegacyResult.Opened opened:
                run.Console.Warn($"{(job.ReadsStandardInput ? "standard input" : job.Input)}: {LegacyResult.Opened.Warning}");
                return new DecryptOutcome(
                    ExitCode.Ok, "opened_unauthenticated", "decrypted, not authenticated", null,
                    new JsonObject { ["plain_bytes"] = opened.PlainBytes, ["warning"] = LegacyResult.Opened.Warning });
            case LegacyResult.Refused refused:
                return new DecryptOutcome(ExitCode.Negative, "refused", refused.Reason, "nothing was written", []);
            default:
                throw new UnreachableException();
        }
    }
}
