using Spectre.Console;

namespace Tars.Cli.CommandLine;

/// <summary>
/// Where a command speaks: results on standard output; errors, notes and progress on standard error. Colour and progress appear on a
/// terminal only.
/// </summary>
internal sealed class TarsConsole
{
    private readonly Lock _lock = new();
    private readonly bool _errorIsTerminal;
    private bool _progressShown;

    public TarsConsole(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, bool color, bool quiet)
    {
        Output = output;
        Error = error;
        Quiet = quiet;
        _errorIsTerminal = errorIsTerminal;
        AnsiSupport ansi = color && outputIsTerminal ? AnsiSupport.Yes : AnsiSupport.No;
        Rich = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = ansi,
            ColorSystem = ansi == AnsiSupport.Yes ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(output),
        });
        if (!outputIsTerminal)
        {
            Rich.Profile.Width = 160; // a pipe has no width: rows must not wrap
        }
    }

    /// <summary>Standard output, plain.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error, plain.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard output for tables and colours; plain text in a pipe.</summary>
    public IAnsiConsole Rich { get; }

    /// <summary>Whether notes and progress are left out.</summary>
    public bool Quiet { get; }

    /// <summary>The process's own console.</summary>
    public static TarsConsole OfProcess(bool noColor, bool quiet)
    {
        bool color = !noColor && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new TarsConsole(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected, color, quiet);
    }

    /// <summary>A note for people, on standard error; left out when quiet.</summary>
    public void Note(string text)
    {
        if (!Quiet)
        {
            Line($"tars: {text}");
        }
    }

    /// <summary>A warning: something the result does not cover. Never left out.</summary>
    public void Warn(string text) => Line($"tars: warning: {text}");

    /// <summary>An error, with the way out where there is one.</summary>
    public void Fail(string message, string? hint = null)
    {
        foreach (string line in message.Split('\n'))
        {
            Line($"tars: error: {line}");
        }

        if (hint is not null)
        {
            Line($"tars: hint: {hint}");
        }
    }

    /// <summary>Shows how far long work is: one line that is rewritten, on a terminal only.</summary>
    public void Progress(string text)
    {
        if (Quiet || !_errorIsTerminal)
        {
            return;
        }

        lock (_lock)
        {
            Error.Write($"\r\x1b[2K{text}");
            _progressShown = true;
        }
    }

    /// <summary>Removes the progress line.</summary>
    public void ClearProgress()
    {
        lock (_lock)
        {
            if (_progressShown)
            {
                Error.Write("\r\x1b[2K");
                _progressShown = false;
            }
        }
    }

    private void Line(string text)
    {
        ClearProgress();
        lock (_lock)
        {
            Error.WriteLine(text);
        }
    }
}
