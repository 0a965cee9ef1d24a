using System.Security.Cryptography;
using Tars.Application.Auditing;

namespace Tars.Server.Access.Journal;

/// <summary>Ids that stand for persons in rows and in the audit log.</summary>
public static class Subjects
{
    /// <summary>The id of a person: the log's where one is kept, so that erasing the person there makes rows nameless too; otherwise a random one.</summary>
    /// <param name="trail">The log; null where none is kept.</param>
    /// <param name="login">The person's name.</param>
    /// <exception cref="AuditException">The log cannot give one.</exception>
    public static string For(AuditTrail? trail, string login)
    {
        ArgumentException.ThrowIfNullOrEmpty(login);
        return trail is null ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)) : trail.EnrolSubject(login);
    }
}
