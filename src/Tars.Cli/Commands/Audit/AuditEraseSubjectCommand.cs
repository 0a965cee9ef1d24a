using System.CommandLine;
using System.Text.Json.Nodes;
using Tars.Application.Stores;
using Tars.Cli.CommandLine;
using Tars.Cli.Commands.Config;
using Tars.Cli.Commands.Init;
using Tars.Cli.Commands.Store;
using Tars.Compliance.Audit;

namespace Tars.Cli.Commands.Audit;

/// <summary><c>tars audit erase-subject NAME</c>: destroys the key of a person, so that nobody learns from the log who it was.</summary>
internal static class AuditEraseSubjectCommand
{
    private static readonly Argument<string> Name = new("NAME") { Description = "The person's name, letter for letter as events bear it" };

    public static Command Create()
    {
        TarsCommand erase = AuditOptions.Verb(
            "erase-subject", "Erases a person from the log and every copy of it, by destroying the person's key", [AuditOptions.Yes, AuditOptions.Log, AuditOptions.Subjects, ConfigFormat.TableOrJson], RunAsync,
            "tars audit erase-subject ada@example.org --log audit");
        erase.Arguments.Add(Name);
        return erase;
    }

    private static async Task<int> RunAsync(CommandRun run, CancellationToken cancellationToken)
    {
        string log = AuditOptions.LogOf(run);
        string name = run.Value(Name) is { Length: > 0 } given ? given : throw new UsageException("NAME is empty", "write the person's name as events bear it");
        _ = new AuditQuery(log); // says so when there is no log
        using SubjectKeys subjects = AuditOptions.OpenSubjects(run, log)
            ?? throw new UsageException($"{AuditOptions.SubjectsOf(run, log)}: there is no folder of persons' keys", "name it with --subjects DIR");
        Unknown(subjects.Find(name), name);
        if (!new Questions(Console.In, Console.Error, asks: !Console.IsInputRedirected).Confirm($"Destroy the key of {name}? Nobody can learn from {log} afterwards what this person did", run.Has(AuditOptions.Yes)))
        {
            throw new UsageException("nothing was erased", "answer yes, or write --yes where nobody can be asked");
        }

        AuditLog open = AuditLog.Open(log, new AuditLogOptions { Subjects = subjects }, run.Time);
        string id;
        await using (open.ConfigureAwait(false))
        {
            // The actor may be the person: the event that says so must not make a key that outlives the erasure.
            AuditActor by = AuditOptions.Actor(subjects) is AuditActor.Person person && person.Name != name ? person : new AuditActor.Program("tars audit erase-subject");
            id = Unknown(await open.EraseAsync(name, by, cancellationToken).ConfigureAwait(false), name);
        }

        bool inStore = await EraseInStoreAsync(run, id, cancellationToken).ConfigureAwait(false);
        if (ConfigFormat.IsJson(run))
        {
            ConfigFormat.WriteJson(run.Console, new JsonObject { ["erased"] = true, ["subject"] = id, ["erased_in_store"] = inStore });
        }
        else
        {
            run.Console.Say($"erased: {id} stands in the log from now on for nobody{(inStore ? ", and in the store" : string.Empty)}");
            run.Console.Say("the log still verifies; backups of the folder of subjects must not outlive the erasure");
        }

        await AuditSending.FinishAsync(run, "the person is erased", cancellationToken).ConfigureAwait(false);
        return ExitCode.Ok;
    }

    // The configured store belongs to the configured log. Killed in between, or failed, the log has the erasure, and 'tars store check' names who is still to be erased.
    private static async Task<bool> EraseInStoreAsync(CommandRun run, string id, CancellationToken cancellationToken)
    {
        if (run.Value(AuditOptions.Log) is not null || run.Value(AuditOptions.Subjects) is not null)
        {
            return false;
        }

        StoreAccess access = StoreAccess.Of(run);
        if (!access.IsThere)
        {
            return false;
        }

        OpenedStore opened = await access.OpenAsync(run, cancellationToken).ConfigureAwait(false);
        await using (opened.ConfigureAwait(false))
        {
            return await opened.Rows.Subjects.EraseAsync(id, cancellationToken).ConfigureAwait(false);
        }
    }

    private static string Unknown(string? id, string name) => id ?? throw new UsageException($"'{name}' is no person that the log knows", "names count letter for letter; who was erased is not known either");
}
