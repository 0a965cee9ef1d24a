using System.CommandLine;
using System.Globalization;
using Tars.Application.Auditing;
using Tars.Application.Checkpoints;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Compliance.Audit;
using Tars.Sealing.Keys;
using Tars.Sealing.Logs;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit verify [LOG…]</c>: whether a log is what was written, and if not, what is wrong and where.</summary>
internal static class AuditVerifyCommand
{
    private static readonly Argument<string[]> Logs = new("LOG") { Description = "Folders of logs, in place of --log; several copies of one log are compared with each other", Arity = ArgumentArity.ZeroOrMore };

    private static readonly Option<string[]> Key = AuditOptions.Many("--key", "FILE", "The public key of the log's first epoch (PEM), had from elsewhere; may be repeated for several logs");

    private static readonly Option<string[]> Print = AuditOptions.Many("--fingerprint", "ID", "That key's fingerprint or id, in place of --key; may be repeated for several logs");

    private static readonly Option<string[]> Witness = AuditOptions.Many("--witness", "NAME=KEYFILE", "A witness that must have cosigned, in place of compliance.audit_witnesses; may be repeated");

    private static readonly Option<string[]> Mirror = AuditOptions.Many("--mirror", "DIR", "A folder elsewhere with copies of the log's checkpoints, in place of compliance.audit_mirrors; may be repeated");

    private static readonly TimeSpan GitMirrorTime = TimeSpan.FromMinutes(1);

    public static Command Create()
    {
        TarsCommand verify = AuditOptions.Verb(
            "verify", "Verifies audit logs: every line, every signature, and what is wrong and where", [Key, Print, Witness, Mirror, .. ProofCheck.Options, AuditOptions.Log, ConfigFormat.TableOrJson], RunAsync,
            "tars audit verify --log audit --key audit.pub", "tars audit verify audit --mirror /mnt/mirror", "tars audit verify replica-a/audit replica-b/audit --key audit.pub");
        verify.Arguments.Add(Logs);
        return verify;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        if (ProofCheck.Run(run, run.Value(Key) ?? []) is { } exitCode)
        {
            return exitCode;
        }

        string[] logs = run.Value(Logs) is { Length: > 0 } named ? named : [AuditOptions.LogOf(run)];
        string[] mirrors = run.Value(Mirror) ?? [];
        if (mirrors.FirstOrDefault(folder => !Directory.Exists(folder)) is { } missing)
        {
            throw new UsageException($"{Mirror.Name}: {missing}: there is no such folder");
        }

        string[] believed = [.. (run.Value(Key) ?? []).Select(file => LogTrust.FromKeyFile(file).FirstKeyId), .. (run.Value(Print) ?? []).Select(IdOf)];
        LogWitness[] witnesses = [.. (run.Value(Witness) ?? []).Select(text => WitnessOf(Witness, text))];
        bool isEverybodyAsked = true;
        if (mirrors.Length == 0 && witnesses.Length == 0 && run.Value(Logs) is not { Length: > 0 } && run.Value(AuditOptions.Log) is null)
        {
            (mirrors, witnesses, isEverybodyAsked) = await ConfiguredAsync(run, AuditSettings.Of(run.Load(run.Search())), cancellationToken).ConfigureAwait(false);
        }

        List<CheckedLog> results = [];
        foreach (string log in logs)
        {
            string? own = LogNotes.Epoch(new LogLayout(log), 1)?.Key.KeyId;
            string trusted = believed.Length == 0 ? own ?? string.Empty : own is not null && believed.Contains(own) ? own : believed[0];
            results.Add(Verify(log, new LogTrust(trusted) { Mirrors = mirrors, Witnesses = witnesses, Threads = 2 }, believed.Length > 0));
        }

        if (believed.Length == 0)
        {
            run.Console.Warn("the first key was taken from the log itself, for want of --key and --fingerprint: a log that was replaced as a whole is not noticed");
        }

        foreach ((string path, LogFinding tail) in results.Select(one => (one.Path, (one.Result as LogVerification.Torn)?.Tail)).Where(one => one.Tail is not null).Select(one => (one.Path, one.Tail!)))
        {
            run.Console.Warn(string.Create(CultureInfo.InvariantCulture, $"{path}/{tail.File}: byte {tail.ByteOffset}: line {tail.Sequence} is torn, as a crash leaves it; the next command that writes to the log moves it aside"));
        }

        results = [.. results.Select(one => one with { Disagreement = DisagreementOf(one, results) })];
        AuditVerdictText.Tell(run, results);
        return results.Any(one => one.IsTampered) ? ExitCode.Negative
            : results.Any(one => one.Result is null) || !isEverybodyAsked ? ExitCode.Environment
            : ExitCode.Ok;
    }

    /// <summary>The mirrors and witnesses that the configuration names; a mirror that cannot be asked is said, and leaves the verdict open.</summary>
    private static async Task<(string[] Mirrors, LogWitness[] Witnesses, bool IsEverybodyAsked)> ConfiguredAsync(CommandRun run, AuditSettings settings, CancellationToken cancellationToken)
    {
        List<string> mirrors = [];
        bool isEverybodyAsked = true;
        foreach (string mirror in settings.Targets.Mirrors)
        {
            try
            {
                string folder = mirror;
                if (GitMirror.IsRemote(mirror))
                {
                    GitMirror git = new(new LogLayout(settings.Log), mirror);
                    using CancellationTokenSource late = new(GitMirrorTime, run.Time);
                    using CancellationTokenSource both = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
                    await git.FetchAsync(both.Token).ConfigureAwait(false);
                    folder = git.Folder;
                }

                mirrors.Add(Directory.Exists(folder) ? folder : throw new DirectoryNotFoundException($"{folder}: there is no such folder"));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                isEverybodyAsked = false;
                run.Console.Warn($"the mirror {GitMirror.Shown(mirror)} was not asked: {exception.Message}");
            }
        }

        return ([.. mirrors], [.. settings.Targets.Witnesses.Select(witness => LogWitness.FromFile(witness.Name, witness.KeyFile))], isEverybodyAsked);
    }

    private static CheckedLog Verify(string log, LogTrust trust, bool isGiven)
    {
        try
        {
            if (!Directory.Exists(log))
            {
                return new CheckedLog(log, trust.FirstKeyId, isGiven, null, "there is no such folder");
            }

            LogVerification result = LogVerifier.Verify(log, trust);
            return new CheckedLog(log, trust.FirstKeyId, isGiven, result, null) { Older = OlderPart.Of(log, result) };
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new CheckedLog(log, trust.FirstKeyId, isGiven, null, exception.Message);
        }
    }

    /// <summary>Whether the longest of several copies of a log begins with this one; one that is behind is none that differs.</summary>
    private static string? DisagreementOf(CheckedLog one, IReadOnlyList<CheckedLog> all)
    {
        CheckedLog? longest = all.Where(other => other.Result is { Log.Head.Root: not null } result && result.Log.Origin == one.Result?.Log.Origin).MaxBy(other => other.Result!.Log.Head.Size);
        if (longest is null || one.Result is not { Log.Head: { Root: { } root } head } || longest.Path == one.Path)
        {
            return null;
        }

        try
        {
            return new AuditQuery(longest.Path).Tree().Root(head.Size) == root ? null
                : $"its {head.Size} lines are not those that {longest.Path} begins with: two histories of one log";
        }
        catch (AuditLogException exception)
        {
            return $"it cannot be compared with {longest.Path}: {exception.Message}";
        }
    }

    private static string IdOf(string text) => Fingerprint.TryParse(text, out Fingerprint print)
        ? print.KeyId
        : throw new UsageException($"{Print.Name}: '{text}' is no fingerprint; 64 hexadecimal digits are expected", "`tars audit init` and `tars audit key` tell it");

    /// <summary>Reads <c>NAME=KEYFILE</c> of a witness.</summary>
    internal static LogWitness WitnessOf(Option option, string text)
    {
        (string name, string file) = NamedFile(option, text);
        try
        {
            return LogWitness.FromFile(name, file);
        }
        catch (ArgumentException exception)
        {
            throw new UsageException($"{option.Name} {text}: {exception.Message}");
        }
    }

    /// <summary>Reads <c>NAME=FILE</c>.</summary>
    internal static (string Name, string File) NamedFile(Option option, string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        return equals < 1 || equals == text.Length - 1
            ? throw new UsageException($"{option.Name}: '{text}' is not of the form {option.HelpName}")
            : (text[..equals], text[(equals + 1)..]);
    }
}

/// <summary>One log that was verified.</summary>
/// <param name="Path">Its folder.</param>
/// <param name="KeyId">The key that was believed.</param>
/// <param name="IsKeyGiven">Whether that key came from elsewhere than the log.</param>
/// <param name="Result">The verdict; null when the log cannot be read.</param>
/// <param name="Unreadable">Why it cannot be read; null when it can.</param>
internal sealed record CheckedLog(string Path, string KeyId, bool IsKeyGiven, LogVerification? Result, string? Unreadable)
{
    /// <summary>In what it differs from another copy; null when it does not.</summary>
    public string? Disagreement { get; init; }

    /// <summary>The logs that it continues.</summary>
    public IReadOnlyList<OlderPart> Older { get; init; } = [];

    public bool IsTampered => Result is LogVerification.Tampered || Disagreement is not null || Older.Any(part => part.Finding is not null);

    public string Verdict => Result is null ? "unreadable" : IsTampered ? "tampered" : Result is LogVerification.Torn ? "torn" : "whole";
}
