using System.CommandLine;

namespace Tars.Cli.CommandLine;

/// <summary>A command with examples in its help.</summary>
internal sealed class TarsCommand(string name, string description, params string[] examples) : Command(name, description)
{
    /// <summary>Command lines that work as they stand, given a configuration.</summary>
    public IReadOnlyList<string> Examples { get; } = examples;

    /// <summary>Whether a run goes on long enough for secrets to be rotated meanwhile: their backend is kept, and new values can be taken up.</summary>
    public bool FollowsSecrets { get; init; }

    /// <summary>How long it may take to end after it was told to; null for the usual time.</summary>
    public TimeSpan? EndsWithin { get; set; }

    /// <summary>A command that runs; it has the speaking and configuring options besides its own.</summary>
    public static TarsCommand Verb(
        string name, string description, IEnumerable<Option> options, Func<CommandRun, CancellationToken, Task<int>> run, params string[] examples) =>
        Verb(new TarsCommand(name, description, examples), options, run);

    /// <summary>A command that runs until it is ended, and takes up secrets that are rotated meanwhile.</summary>
    public static TarsCommand LongVerb(
        string name, string description, IEnumerable<Option> options, Func<CommandRun, CancellationToken, Task<int>> run, params string[] examples) =>
        Verb(new TarsCommand(name, description, examples) { FollowsSecrets = true }, options, run);

    private static TarsCommand Verb(TarsCommand command, IEnumerable<Option> options, Func<CommandRun, CancellationToken, Task<int>> run)
    {
        foreach (Option option in options.Concat(CommonOptions.Configuring).Concat(CommonOptions.Speaking))
        {
            command.Options.Add(option);
        }

        command.SetAction((result, cancellationToken) => CommandRun.RunAsync(result, run, cancellationToken));
        return command;
    }

    /// <summary>A noun that reports: by itself it is its verb <c>report</c>.</summary>
    public static TarsCommand Noun(
        string name, string description, IReadOnlyList<Option> options, Func<CommandRun, CancellationToken, Task<int>> report, string[] examples, params Command[] verbs)
    {
        Option[] all = [.. options, .. CommonOptions.Reading, CommonOptions.Shard, .. CommonOptions.Writing];
        TarsCommand noun = Verb(name, description, all, report, examples);
        noun.Subcommands.Add(Verb("report", $"The same as 'tars {name}'", all, report, examples));
        noun.Subcommands.Add(ShardedRun.MergeOf(name, options, report));
        foreach (Command verb in verbs)
        {
            noun.Subcommands.Add(verb);
        }

        return noun;
    }
}
