using System.CommandLine;
using System.Text;
using Spectre.Console;
using Tars.Reports;

namespace Tars.Cli.CommandLine;

/// <summary>
/// Where a command speaks: results on standard output; errors, notes and progress on standard error. Colour and progress appear on a
/// terminal only.
/// </summary>
internal sealed class TarsConsole
{
    private readonly Lock _lock = new();
    private readonly bool _outputIsTerminal;
    private readonly bool _errorIsTerminal;
    private readonly bool _isColored;
    private IAnsiConsole? _rich;
    private bool _progressShown;

    public TarsConsole(TextWriter output, TextWriter error, bool outputIsTerminal, bool errorIsTerminal, bool color, bool quiet)
    {
        Output = output;
        Error = error;
        Quiet = quiet;
        _outputIsTerminal = outputIsTerminal;
        _errorIsTerminal = errorIsTerminal;
        _isColored = color && outputIsTerminal;
    }

    /// <summary>Standard output, plain.</summary>
    public TextWriter Output { get; }

    /// <summary>Standard error, plain.</summary>
    public TextWriter Error { get; }

    /// <summary>Standard output for tables and colours; plain text in a pipe.</summary>
    public IAnsiConsole Rich => _rich ??= MakeRich(); // not made before it is needed: a cold start is spared its library

    /// <summary>Whether notes and progress are left out.</summary>
    public bool Quiet { get; }

    /// <summary>The process's own console.</summary>
    public static TarsConsole OfProcess(bool noColor, bool quiet)
    {
        bool color = !noColor && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
        return new TarsConsole(Console.Out, Console.Error, !Console.IsOutputRedirected, !Console.IsErrorRedirected, color, quiet);
    }

    /// <summary>Where a command speaks: the process's console, or the texts of a command that a schedule runs.</summary>
    public static TarsConsole Of(InvocationConfiguration configuration, bool noColor, bool quiet) => configuration is ScheduledInvocation scheduled
        ? new TarsConsole(scheduled.Output, scheduled.Error, outputIsTerminal: false, errorIsTerminal: false, color: false, quiet)
        : OfProcess(noColor, quiet);

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

    /// <summary>Writes a line of a result to standard output.</summary>
    public void Say(string line)
    {
        ClearProgress();
        Output.WriteLine(line);
    }

    /// <summary>Writes a text to standard output as it is.</summary>
    public void Write(string text)
    {
        ClearProgress();
        Output.Write(text);
    }

    /// <summary>Writes a report's file as it is.</summary>
    public void WriteFile(ReportFile file)
    {
        ClearProgress();
        Output.Write(Encoding.UTF8.GetString(file.Content.Span));
    }

    /// <summary>Writes a line that begins with a verdict or a status, coloured on a terminal.</summary>
    public void WriteHeadline(string line)
    {
        ClearProgress();
        int end = line.IndexOf(':', StringComparison.Ordinal);
        string word = end > 0 ? line[..end] : string.Empty;
        string? color = word switch
        {
            "PASS" or "healthy" or "hold" => "green",
            "FAIL" or "critical" or "roll back" => "red",
            "INCONCLUSIVE" or "inconclusive" or "degraded" or "watch" => "yellow",
            _ => null,
        };
        if (color is null || !_outputIsTerminal)
        {
            Output.WriteLine(line);
        }
        else
        {
            Rich.MarkupLine($"[bold {color}]{Markup.Escape(word)}[/]{Markup.Escape(line[end..])}");
        }
    }

    /// <summary>Writes a table, or what its emptiness means.</summary>
    public void WriteTable(ReportTable table)
    {
        ClearProgress();
        Output.WriteLine();
        IReadOnlyList<string> lines = TextTable.Lines(table, _outputIsTerminal ? Rich.Profile.Width : 0);
        if (lines.Count == 0)
        {
            Output.WriteLine($"{table.Title}: {table.Empty}");
            return;
        }

        if (_outputIsTerminal)
        {
            Rich.MarkupLine($"[bold]{Markup.Escape(table.Title)}[/]");
        }
        else
        {
            Output.WriteLine(table.Title);
        }

        foreach (string line in lines)
        {
            Output.WriteLine("  " + line);
        }
    }

    private IAnsiConsole MakeRich()
    {
        IAnsiConsole rich = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = _isColored ? AnsiSupport.Yes : AnsiSupport.No,
            ColorSystem = _isColored ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
            Out = new AnsiConsoleOutput(Output),
        });
        if (!_outputIsTerminal)
        {
            rich.Profile.Width = 160; // a pipe has no width: rows must not wrap
        }

        return rich;
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
