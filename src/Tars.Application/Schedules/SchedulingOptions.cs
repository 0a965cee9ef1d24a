using System.Globalization;
using System.Security.Cryptography;

namespace Tars.Application.Schedules;

/// <summary>How a replica follows its schedules.</summary>
public sealed record SchedulingOptions
{
    /// <summary>
    /// The replica's name: machine, process and a random part. A process that is started again is another replica: it must not take for its own what it
    /// had begun before.
    /// </summary>
    public string Replica { get; init; } = string.Create(
        CultureInfo.InvariantCulture, $"{Environment.MachineName}:{Environment.ProcessId}:{RandomNumberGenerator.GetHexString(6, lowercase: true)}");

    /// <summary>For how long a run is this replica's, unless it is held for longer, which it is at each third of this.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>How long before its lease ends a run is stopped that could not be held.</summary>
    public TimeSpan LeaseMargin => Lease / 6;

    /// <summary>How often the store is asked at least, also when nothing is planned: so long the run of a replica that died may stay unnoticed.</summary>
    public TimeSpan LongestPause { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The pause after a failure of the store.</summary>
    public TimeSpan RetryPause { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long runs that go on are waited for when the replica is to end; then they are stopped.</summary>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(25);
}
