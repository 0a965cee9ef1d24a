namespace Tars.Simulation.Backends;

/// <summary>How the simulated backend treats requests.</summary>
public enum BackendBehaviour
{
    /// <summary>It answers.</summary>
    Serves,

    /// <summary>It answers every request with 503 and <c>Retry-After: 1</c>.</summary>
    Unavailable,

    /// <summary>It takes every request and drops the connection without an answer.</summary>
    DropsConnections,

    /// <summary>It waits a second before it answers.</summary>
    Slow,
}
