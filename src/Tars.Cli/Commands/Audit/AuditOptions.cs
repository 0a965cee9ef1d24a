using System.CommandLine;
using Tars.Application.Auditing;
using Tars.Application.Sealing;
using Tars.Cli.CommandLine;
using Tars.Compliance.Audit;
using Tars.Sealing.Keys;

namespace Tars.Cli.Commands.Audit;

/// <summary>Which log is meant, and where the keys of its persons lie.</summary>
internal static class AuditOptions
{
    private const string SubjectsSuffix = ".subjects";

    public static Option<string?> Log { get; } = CommonOptions.Text("--log", "DIR", "The audit log, in place of compliance.audit_log_path");

    public static Option<string?> Subjects { get; } = CommonOptions.Text("--subjects", "DIR", "The keys of the log's persons, in place of compliance.audit_subjects_path; with --log its folder with .subjects appended");

    public static Option<bool> Yes { get; } = CommonOptions.Flag("--yes", "Asks nothing", "-y");

    /// <summary>A verb of <c>tars audit</c>. What the system refuses (no right, no room) is the machine's failure, and not a defect.</summary>
    public static TarsCommand Verb(string name, string description, IEnumerable<Option> options, Func<CommandRun, CancellationToken, Task<int>> run, params string[] examples) =>
        TarsCommand.Verb(name, description, options, (own, cancellationToken) => GuardedAsync(own, run, cancellationToken), examples);

    /// <summary>An option that may be repeated.</summary>
    public static Option<string[]> Many(string name, string helpName, string description) =>
        new(name) { HelpName = helpName, Description = description, Arity = ArgumentArity.OneOrMore, AllowMultipleArgumentsPerToken = false };

    /// <summary>The folder of the log.</summary>
    public static string LogOf(CommandRun run)
    {
        if (run.Value(Log) is { } given)
        {
            return given.Length > 0 ? Path.TrimEndingDirectorySeparator(given) : throw new UsageException($"{Log.Name}: no folder is named");
        }

        return AuditSettings.Of(run.Load(run.Search())).Log;
    }

    /// <summary>The folder of subjects of a log: the configured one belongs to the configured log alone.</summary>
    public static string SubjectsOf(CommandRun run, string log) => run.Value(Subjects) is { Length: > 0 } given ? given
        : run.Value(Log) is not null ? log + SubjectsSuffix
        : AuditSettings.Of(run.Load(run.Search())).Subjects;

    /// <summary>The keys of persons; null when there is no such folder.</summary>
    /// <exception cref="UsageException">The folder was named and is not there.</exception>
    public static SubjectKeys? OpenSubjects(CommandRun run, string log)
    {
        string folder = SubjectsOf(run, log);
        return Directory.Exists(folder) ? Opened(run, log, folder)
            : run.Value(Subjects) is null ? null
            : throw new UsageException($"{Subjects.Name}: {folder}: there is no such folder");
    }

    // Whom a restored backup has brought back is erased before anybody is named.
    private static SubjectKeys Opened(CommandRun run, string log, string folder)
    {
        bool isConfigured = run.Value(Log) is null && run.Value(Subjects) is null;
        SubjectKeys subjects = SubjectKeys.Open(folder, run.Time, isConfigured ? AuditSettings.Of(run.Load(run.Search())).Erasures : null);
        try
        {
            _ = Directory.Exists(log) ? subjects.ReplayErasures(log) : [];
            return subjects;
        }
        catch
        {
            subjects.Dispose();
            throw;
        }
    }

    /// <summary>Who runs the command, as far as the system knows; a program when there is no folder in which persons have keys.</summary>
    public static AuditActor Actor(SubjectKeys? subjects) =>
        subjects is null ? new AuditActor.Program("tars audit") : new AuditActor.Person(Environment.UserName, Environment.MachineName);

    /// <summary>What was written as a positive number of lines or days.</summary>
    public static int Count(string name, int value, int least) =>
        value >= least ? value : throw new UsageException($"{name}: {value} is too small; at least {least} is expected");

    private static async Task<int> GuardedAsync(CommandRun own, Func<CommandRun, CancellationToken, Task<int>> run, CancellationToken cancellationToken)
    {
        try
        {
            return await run(own, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is UnauthorizedAccessException || (exception is IOException and not (AuditLogException or KeyRingException)))
        {
            throw new SealingException(exception.Message, null, exception);
        }
    }
}
