using System.CommandLine;
using System.Text;
using Tars.Cli.CommandLine;
using Tars.Server.Access.Passwords;

namespace Tars.Cli.Commands.Users;

/// <summary>Reads a new password: from the terminal, without showing it, or from standard input. Never from the command line, which other users of the machine see.</summary>
internal static class PasswordInput
{
    private const int Longest = 1024;

    /// <summary>Standard input holds the password.</summary>
    public static Option<bool> FromStdin { get; } = CommonOptions.Flag("--password-stdin", "Reads the password from standard input: its first line");

    /// <summary>Reads a password that may be set.</summary>
    /// <exception cref="UsageException">There is none, or it may not be set.</exception>
    public static string Read(CommandRun run, string login, PasswordPolicy policy)
    {
        string password = run.Has(FromStdin) ? FirstLine(System.Console.In)
            : System.Console.IsInputRedirected ? throw new UsageException("there is no terminal to ask for the password at", $"write it to standard input, and give {FromStdin.Name}")
            : Ask(run, $"Password of {login}: ");
        if (policy.Refuse(password, login) is { } refusal)
        {
            throw new UsageException(refusal, "api.logins.password_length says how long passwords must be; a few random words are good ones");
        }

        if (!run.Has(FromStdin) && Ask(run, "The same again: ") != password)
        {
            throw new UsageException("these are two passwords; nothing was changed");
        }

        return password;
    }

    private static string FirstLine(TextReader input)
    {
        StringBuilder line = new();
        for (int read = input.Read(); read is not (-1 or '\n'); read = input.Read())
        {
            if (line.Append((char)read).Length > Longest)
            {
                throw new UsageException($"standard input has a line of more than {Longest} characters; a password is expected");
            }
        }

        string text = line.ToString().TrimEnd('\r');
        return text.Length == 0 ? throw new UsageException("standard input is empty; a password is expected") : text;
    }

    private static string Ask(CommandRun run, string question)
    {
        run.Console.Error.Write(question);
        StringBuilder text = new();
        while (System.Console.ReadKey(intercept: true) is var key && key.Key != ConsoleKey.Enter)
        {
            if (key.Key == ConsoleKey.Backspace)
            {
                text.Length = Math.Max(0, text.Length - 1);
            }
            else if (!char.IsControl(key.KeyChar))
            {
                text.Append(key.KeyChar);
            }
        }

        run.Console.Error.WriteLine();
        return text.ToString();
    }
}
