using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;

namespace Tars.Cli.CommandLine;

/// <summary>Help as System.CommandLine writes it, then the command's examples.</summary>
internal sealed class HelpWithExamples : SynchronousCommandLineAction
{
    private readonly HelpAction _help;

    public HelpWithExamples(HelpAction help)
    {
        _help = help;
        if (Console.IsOutputRedirected)
        {
            _help.MaxWidth = 110; // a pipe has no width
        }
    }

    /// <summary>Who asks for help need not write what the command would need.</summary>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        int code = _help.Invoke(parseResult);
        if (parseResult.CommandResult.Command is TarsCommand { Examples.Count: > 0 } command)
        {
            TextWriter output = parseResult.InvocationConfiguration.Output;
            output.WriteLine("Examples:");
            foreach (string example in command.Examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        return code;
    }
}
