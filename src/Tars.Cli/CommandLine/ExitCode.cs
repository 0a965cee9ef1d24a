namespace Tars.Cli.CommandLine;

/// <summary>Exit codes of every command; the table in docs/guides/exit-codes.md says which command gives which.</summary>
internal static class ExitCode
{
    public const int Ok = 0;

    /// <summary>A verdict that was asked for is negative.</summary>
    public const int Negative = 1;

    /// <summary>Wrong usage or configuration.</summary>
    public const int Usage = 2;

    /// <summary>The world failed: backend down, disk full.</summary>
    public const int Environment = 3;

    /// <summary>Not measured well enough to say.</summary>
    public const int Inconclusive = 4;

    /// <summary>Interrupted, as a shell reports SIGINT.</summary>
    public const int Interrupted = 130;
}
