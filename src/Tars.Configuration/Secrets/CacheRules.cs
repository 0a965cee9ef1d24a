namespace Tars.Configuration.Secrets;

/// <summary>How long secrets are kept in memory.</summary>
/// <param name="Lifetime">How long a value is good; a backend that sets an earlier end is obeyed.</param>
/// <param name="Grace">How long after that a value is kept while its backend cannot be reached; zero keeps none.</param>
public sealed record CacheRules(TimeSpan Lifetime, TimeSpan Grace)
{
    /// <summary>Returns how long after the answer a value is refreshed: 75 % to 90 % of its lifetime, so that many processes do not ask at once.</summary>
    internal static TimeSpan RefreshAfter(TimeSpan lifetime, Random random) => AtLeastASecond(lifetime * (0.75 + (0.15 * random.NextDouble())));

    /// <summary>Returns the pause after a refresh that failed: 5 % to 10 % of the lifetime, a second at least, a minute at most.</summary>
    internal static TimeSpan RetryAfter(TimeSpan lifetime, Random random)
    {
        TimeSpan pause = lifetime * (0.05 + (0.05 * random.NextDouble()));
        return pause > TimeSpan.FromMinutes(1) ? TimeSpan.FromMinutes(1) : AtLeastASecond(pause);
    }

    private static TimeSpan AtLeastASecond(TimeSpan pause) => pause > TimeSpan.FromSeconds(1) ? pause : TimeSpan.FromSeconds(1);
}
