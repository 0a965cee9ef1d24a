namespace Tars.Cli.Commands.Init;

/// <summary>Questions on a terminal, each with its default.</summary>
/// <param name="input">Where answers come from; its end takes the defaults.</param>
/// <param name="output">Where questions are written.</param>
/// <param name="asks">Whether anything is asked.</param>
internal sealed class Questions(TextReader input, TextWriter output, bool asks)
{
    /// <summary>Returns what was given on the command line, else the answer, else the default.</summary>
    public string Ask(string question, string? given, string byDefault) =>
        given ?? (asks && Read($"{question} [{byDefault}]: ") is { Length: > 0 } answer ? answer : byDefault);

    /// <summary>Returns whether something was asked for on the command line, else whether the answer is yes; no is the default.</summary>
    public bool Confirm(string question, bool given)
    {
        while (!given && asks)
        {
            switch (Read($"{question} (yes, no) [no]: ")?.ToUpperInvariant())
            {
                case "Y" or "YES":
                    return true;
                case null or "" or "N" or "NO":
                    return false;
            }
        }

        return given;
    }

    private string? Read(string question)
    {
        output.Write(question);
        output.Flush();
        return input.ReadLine()?.Trim();
    }
}
