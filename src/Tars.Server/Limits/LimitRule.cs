namespace Tars.Server.Limits;

/// <summary>How many requests may be made in any stretch of time of one length.</summary>
public sealed class LimitRule
{
    /// <summary>A rule.</summary>
    /// <param name="name">Its name, as the header <c>RateLimit-Policy</c> tells it.</param>
    /// <param name="requests">How many, 1 or more.</param>
    /// <param name="window">The length.</param>
    public LimitRule(string name, int requests, TimeSpan window)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentOutOfRangeException.ThrowIfLessThan(requests, 1);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(window, TimeSpan.Zero);
        (Name, Requests, Window) = (name, requests, window);
        Quoted = $"\"{name}\"";
        Policy = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"\"{name}\";q={requests};w={(long)Math.Ceiling(window.TotalSeconds)}");
    }

    /// <summary>Its name: letters, digits, and <c>_</c>.</summary>
    public string Name { get; }

    /// <summary>Its name, quoted as headers have it.</summary>
    internal string Quoted { get; }

    /// <summary>How many requests.</summary>
    public int Requests { get; }

    /// <summary>In which time.</summary>
    public TimeSpan Window { get; }

    /// <summary>The header <c>RateLimit-Policy</c>: quota and window in seconds.</summary>
    public string Policy { get; }
}
