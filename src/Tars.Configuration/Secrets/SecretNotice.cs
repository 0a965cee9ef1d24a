namespace Tars.Configuration.Secrets;

/// <summary>Something that happened to a secret while nobody asked for it; for the log and for whoever took the value up. It holds no secret.</summary>
/// <param name="Name">The name the secret is asked for by.</param>
public abstract record SecretNotice(string Name)
{
    /// <summary>The value is another than before; the old one is zeroed. Ask again for the new one.</summary>
    /// <param name="Name">The name the secret is asked for by.</param>
    /// <param name="Place">Where the new value was found.</param>
    public sealed record Rotated(string Name, string Place) : SecretNotice(Name)
    {
        /// <summary>Returns the notice as a line of a log.</summary>
        public override string ToString() => $"secret {Name} has a new value ({Place})";
    }

    /// <summary>The value could not be refreshed and is kept for now. Told once, until a refresh succeeds again.</summary>
    /// <param name="Name">The name the secret is asked for by.</param>
    /// <param name="Reason">Why, with the place.</param>
    /// <param name="Remaining">How long the value is kept at most.</param>
    public sealed record Kept(string Name, string Reason, TimeSpan Remaining) : SecretNotice(Name)
    {
        /// <summary>Returns the notice as a line of a log.</summary>
        public override string ToString() =>
            $"secret {Name} was not refreshed and is kept for at most {Scalars.DurationText.Format(Remaining)}: {Reason}";
    }

    /// <summary>The value is zeroed and there is no other: its time is over, or the backend has it no more.</summary>
    /// <param name="Name">The name the secret is asked for by.</param>
    /// <param name="Reason">Why, with the place.</param>
    public sealed record Lost(string Name, string Reason) : SecretNotice(Name)
    {
        /// <summary>Returns the notice as a line of a log.</summary>
        public override string ToString() => $"secret {Name} is lost: {Reason}";
    }

    /// <summary>A chain went on past a backend that refused or could not be reached, because it is configured to.</summary>
    /// <param name="Name">The name the secret is asked for by.</param>
    /// <param name="Backend">The backend's name.</param>
    /// <param name="Reason">What it answered.</param>
    public sealed record Passed(string Name, string Backend, string Reason) : SecretNotice(Name)
    {
        /// <summary>Returns the notice as a line of a log.</summary>
        public override string ToString() => $"secret {Name}: went on past {Backend}: {Reason}";
    }
}
