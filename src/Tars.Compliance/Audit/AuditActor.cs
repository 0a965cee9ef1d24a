namespace Tars.Compliance.Audit;

/// <summary>Who did what an event tells.</summary>
public abstract record AuditActor
{
    private AuditActor()
    {
    }

    /// <summary>A person. What tells who it was is sealed under the person's own key before it is written; see <see cref="SubjectKeys"/>.</summary>
    /// <param name="Name">The name that the person is known by here, such as an e-mail address. Letter for letter: two spellings are two persons.</param>
    /// <param name="From">Where the person acted from, such as an address; null when not known.</param>
    public sealed record Person(string Name, string? From = null) : AuditActor;

    /// <summary>No person: a schedule, the program itself. Written plainly.</summary>
    /// <param name="Name">Such as <c>schedule:weekly</c>.</param>
    public sealed record Program(string Name) : AuditActor;
}
