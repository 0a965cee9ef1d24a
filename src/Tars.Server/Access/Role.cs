namespace Tars.Server.Access;

/// <summary>What somebody may do; a greater role may do all that a lesser one may.</summary>
public enum Role
{
    /// <summary>Reads results.</summary>
    ReadOnly,

    /// <summary>Reads results and begins work: refreshes, schedules.</summary>
    Sre,

    /// <summary>Does everything, also for other persons: users, keys, retrospectives, downloads.</summary>
    Admin,
}
