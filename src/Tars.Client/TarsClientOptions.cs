namespace Tars.Client;

/// <summary>How a <see cref="TarsClient"/> asks.</summary>
public sealed class TarsClientOptions
{
    /// <summary>How long an answer may let its next byte wait, before it counts as lost. Default 30 seconds.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often a request is sent at most; 1 for never again. Default 5.</summary>
    public int Attempts { get; set; } = 5;

    /// <summary>The wait before the second attempt, where the server asks for none; each further one is twice as long, and each is drawn between half and all of that. Default half a second.</summary>
    public TimeSpan FirstWait { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The longest wait before an attempt. Where the server asks for a longer one, its problem is thrown at once. Default one minute.</summary>
    public TimeSpan LongestWait { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How long to wait between two looks at a job. Default one second.</summary>
    public TimeSpan JobInterval { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>What sends requests, for example with a proxy or a certificate authority of its own; null for a handler that follows no redirects and keeps no cookies. The caller disposes of it.</summary>
    public HttpMessageHandler? Handler { get; set; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; set; } = TimeProvider.System;

    internal TarsClientOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Attempts, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(Timeout, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(FirstWait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(LongestWait, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfLessThan(JobInterval, TimeSpan.Zero);
        ArgumentNullException.ThrowIfNull(Time);
        return (TarsClientOptions)MemberwiseClone(); // what is changed later changes nothing
    }
}
