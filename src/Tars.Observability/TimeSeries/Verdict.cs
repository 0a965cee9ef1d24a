namespace Tars.Observability.TimeSeries;

/// <summary>The answer to a question that can be answered yes, no, or not at all.</summary>
public abstract record Verdict
{
    private Verdict()
    {
    }

    /// <summary>PASS, FAIL or INCONCLUSIVE.</summary>
    public string Name => this switch
    {
        Pass => "PASS",
        Fail => "FAIL",
        Inconclusive => "INCONCLUSIVE",
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>Fail when any failed, else inconclusive when any was (or there was none), else pass.</summary>
    public static Verdict All(IReadOnlyCollection<Verdict> verdicts)
    {
        ArgumentNullException.ThrowIfNull(verdicts);
        if (verdicts.OfType<Fail>().FirstOrDefault() is { } fail)
        {
            return fail;
        }

        if (verdicts.Count == 0)
        {
            return new Inconclusive("nothing was judged");
        }

        return verdicts.OfType<Inconclusive>().FirstOrDefault() ?? (Verdict)new Pass();
    }

    /// <summary>Measured and met.</summary>
    public sealed record Pass : Verdict;

    /// <summary>Measured and not met.</summary>
    /// <param name="Reason">Value, threshold and where.</param>
    public sealed record Fail(string Reason) : Verdict;

    /// <summary>Not measured well enough to say.</summary>
    /// <param name="Reason">What was missing.</param>
    public sealed record Inconclusive(string Reason) : Verdict;
}
