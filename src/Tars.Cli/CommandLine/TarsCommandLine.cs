using System.CommandLine;
using System.CommandLine.Parsing;
using Tars.Cli.Commands;
using Tars.Cli.Predecessor;
using Tars.Configuration.Schemas;

namespace Tars.Cli.CommandLine;

/// <summary>The <c>tars</c> command line: parses, runs one command, and turns every failure into an error a person can act on.</summary>
internal static class TarsCommandLine
{
    private static readonly Lock Parsing = new();

    /// <summary>Runs the command line of this process.</summary>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static Task<int> RunAsync(IReadOnlyList<string> args, CancellationToken cancellationToken) =>
        RunAsync(args, new InvocationConfiguration { EnableDefaultExceptionHandler = false }, cancellationToken);

    /// <summary>Runs a command line.</summary>
    /// <param name="args">Its arguments.</param>
    /// <param name="configuration">Where it speaks.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>An <see cref="ExitCode"/>.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args, InvocationConfiguration configuration, CancellationToken cancellationToken)
    {
        TarsConsole Speak(bool quiet) => TarsConsole.Of(configuration, noColor: true, quiet);
        try
        {
            (IReadOnlyList<string> arguments, IReadOnlyList<string> notes) = PredecessorArguments.Translate(args);
            RootCommand root;
            ParseResult result;
            lock (Parsing)
            {
                // Options are shared by all trees, and making one changes them.
                root = TarsRootCommand.Create(arguments);
                result = root.Parse(arguments);
            }

            if (result.Errors.Count > 0)
            {
                return RefuseUsage(result, root, Speak(quiet: false));
            }

            if (result.CommandResult.Command is TarsCommand { EndsWithin: { } endsWithin })
            {
                configuration.ProcessTerminationTimeout = endsWithin;
            }

            TarsConsole console = Speak(quiet: arguments.Contains(CommonOptions.Quiet.Name));
            foreach (string note in notes)
            {
                console.Note(note);
            }

            return await result.InvokeAsync(configuration, cancellationToken).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Speak(quiet: false).Fail("interrupted; outputs are as they were before");
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (Failure.Of(exception) is { } failure)
        {
            Speak(quiet: false).Fail(failure.Message, failure.Hint);
            return failure.ExitCode;
        }
    }

    private static int RefuseUsage(ParseResult result, RootCommand root, TarsConsole console)
    {
        Command command = result.CommandResult.Command;
        string path = PathOf(result.CommandResult);
        if (result.UnmatchedTokens.Count > 0)
        {
            string token = result.UnmatchedTokens[0];
            bool isOption = token.StartsWith('-');
            IEnumerable<string> known = isOption
                ? command.Options.Concat(root.Options.Where(option => option.Recursive)).Where(option => !option.Hidden).Select(option => option.Name)
                : command.Subcommands.Where(child => !child.Hidden).Select(child => child.Name);
            string what = isOption ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
            string? near = Nearest.Of(token, known);
            console.Fail(
                $"{path}: unknown {what} '{token}'",
                near is null ? $"'{path} --help' lists what there is" : $"did you mean '{near}'? '{path} --help' lists what there is");
        }
        else
        {
            console.Fail($"{path}: {string.Join('\n', result.Errors.Select(error => Lower(error.Message)).Distinct())}", $"'{path} --help' lists what there is");
        }

        return ExitCode.Usage;
    }

    private static string PathOf(CommandResult result)
    {
        List<string> names = [];
        for (SymbolResult? at = result; at is CommandResult command; at = at.Parent)
        {
            names.Insert(0, command.Command is RootCommand ? "tars" : command.Command.Name);
        }

        return string.Join(' ', names);
    }

    private static string Lower(string message) => message.Length == 0 ? message : char.ToLowerInvariant(message[0]) + message[1..].TrimEnd('.');
}
