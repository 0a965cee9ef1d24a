namespace Tars.Storage.Reports;

/// <summary>How something was judged.</summary>
public enum JudgementOutcome
{
    /// <summary>Measured and met.</summary>
    Pass,

    /// <summary>Measured and not met.</summary>
    Fail,

    /// <summary>Not measured well enough to say.</summary>
    Inconclusive,
}

/// <summary>A verdict as it is kept: what was not met or not measured has its reason.</summary>
public sealed record Judgement
{
    private Judgement(JudgementOutcome outcome, string? reason) => (Outcome, Reason) = (outcome, reason);

    /// <summary>Measured and met.</summary>
    public static Judgement Pass { get; } = new(JudgementOutcome.Pass, null);

    /// <summary>The outcome.</summary>
    public JudgementOutcome Outcome { get; }

    /// <summary>What was not met or not measured; null only for <see cref="JudgementOutcome.Pass"/>.</summary>
    public string? Reason { get; }

    /// <summary>Measured and not met.</summary>
    public static Judgement Fail(string reason) => Of(JudgementOutcome.Fail, reason);

    /// <summary>Not measured well enough to say.</summary>
    public static Judgement Inconclusive(string reason) => Of(JudgementOutcome.Inconclusive, reason);

    internal static Judgement? At(string? outcome, string? reason) => outcome is null ? null : new(StoreWords.Parse<JudgementOutcome>(outcome), reason);

    private static Judgement Of(JudgementOutcome outcome, string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return new(outcome, reason);
    }
}
