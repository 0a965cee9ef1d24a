using Tars.Configuration.Secrets.Http;

namespace Tars.Configuration.Tests.Secrets.Http;

/// <summary>Options for tests: short pauses.</summary>
internal static class Patience
{
    public static SecretConnectionOptions Short(int retries = 2) => new()
    {
        FirstPause = TimeSpan.FromMilliseconds(1),
        LongestPause = TimeSpan.FromSeconds(2),
        AttemptTimeout = TimeSpan.FromSeconds(30),
        Deadline = TimeSpan.FromSeconds(60),
        Retries = retries,
    };
}

/// <summary>A clock that is wrong by a fixed time; its timers are right.</summary>
internal sealed class WrongClock(TimeSpan ahead) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + ahead;
}
