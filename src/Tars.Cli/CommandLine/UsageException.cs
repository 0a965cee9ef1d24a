namespace Tars.Cli.CommandLine;

/// <summary>The command line asks for something that cannot be meant. Exit code 2.</summary>
internal sealed class UsageException(string message, string? hint = null) : Exception(message)
{
    /// <summary>The way out, or null.</summary>
    public string? Hint { get; } = hint;
}
