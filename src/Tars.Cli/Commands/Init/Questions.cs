namespace Tars.Cli.Commands.Init;

/// <summary>Questions on a terminal, each with its default.</summary>
/// <param name="input">Where answers come from; its end takes the defaults.</param>
/// <param name="output">Where questions are written.</param>
/// <param name="asks">Whether anything is asked.</param>
internal sealed class Questions(TextReader input, TextWriter output, bool asks)
{
    /// <summary>Returns what was given on the command line, else the answer, else the default.</summary>
    public string Ask(string question, string? given, string byDefault)
    {
        if (given is not null || !asks)
        {
            return given ?? byDefault;
        }

        output.Write($"{question} [{byDefault}]: ");
        output.Flush();
        return input.ReadLine()?.Trim() is { Length: > 0 } answer ? answer : byDefault;
    }
}
