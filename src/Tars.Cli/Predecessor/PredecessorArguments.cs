using Tars.Cli.CommandLine;

namespace Tars.Cli.Predecessor;

/// <summary>Turns a predecessor's command line into one of today.</summary>
internal static class PredecessorArguments
{
    /// <summary>The arguments of today, and what to tell about them; the same arguments when they are of today already.</summary>
    /// <exception cref="UsageException">A flag is refused.</exception>
    public static (IReadOnlyList<string> Arguments, IReadOnlyList<string> Notes) Translate(IReadOnlyList<string> arguments)
    {
        if (arguments.Count == 0 || PredecessorTable.All.FirstOrDefault(command => command.Name == arguments[0]) is not { } command)
        {
            return (arguments, []);
        }

        List<string> now = [command.Now];
        List<string> notes = command.Note is null ? [] : [$"'tars {command.Name}' is now 'tars {command.Now}': {command.Note}"];
        for (int i = 1; i < arguments.Count; i++)
        {
            string[] parts = arguments[i].Split('=', 2);
            if (command.Flags.FirstOrDefault(flag => flag.Name == parts[0]) is not { } flag || flag.Fate == FlagFate.Works || IsOfToday(command, flag, parts, arguments, i))
            {
                now.Add(arguments[i]);
                continue;
            }

            string? value = !flag.TakesValue ? null : parts.Length == 2 ? parts[1] : i + 1 < arguments.Count ? arguments[++i] : null;
            switch (flag.Fate)
            {
                case FlagFate.Refused:
                    throw new UsageException($"tars {command.Name}: {flag.Name} is no longer taken", flag.Now);
                case FlagFate.LeftOut:
                    notes.Add($"{flag.Name} is left out: {flag.Now}");
                    break;
                default:
                    now.AddRange(Converted(command, flag, value));
                    notes.Add($"{flag.Name} is now {flag.Now}");
                    break;
            }
        }

        if (command.Besides?.Invoke(now) is { Count: > 0 } besides)
        {
            now.AddRange(besides);
            notes.Add($"{string.Join(' ', besides)} is added: it is what the given settings belong to");
        }

        return (now, notes);
    }

    // tars retro is a command of today as well: its --output DIR needs no note.
    private static bool IsOfToday(PredecessorCommand command, PredecessorFlag flag, string[] parts, IReadOnlyList<string> arguments, int at) =>
        command.Name == command.Now && flag.Fate == FlagFate.Translated
        && !Path.HasExtension(parts.Length == 2 ? parts[1] : at + 1 < arguments.Count ? arguments[at + 1] : string.Empty);

    private static string[] Converted(PredecessorCommand command, PredecessorFlag flag, string? value)
    {
        try
        {
            return flag.Translate!(value ?? throw new UsageException($"tars {command.Name}: {flag.Name} needs a value", $"write {flag.Now}"));
        }
        catch (FormatException exception)
        {
            throw new UsageException($"tars {command.Name}: {flag.Name}: {exception.Message}", $"write {flag.Now}");
        }
    }
}
