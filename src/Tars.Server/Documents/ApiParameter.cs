namespace Tars.Server.Documents;

/// <summary>Where a parameter stands.</summary>
public enum ParameterPlace
{
    /// <summary>In the query.</summary>
    Query,

    /// <summary>In the path.</summary>
    Path,

    /// <summary>In a header.</summary>
    Header,
}

/// <summary>What a value of a parameter must be.</summary>
public abstract record ParameterForm
{
    private ParameterForm()
    {
    }

    /// <summary>A whole number.</summary>
    /// <param name="Least">The least.</param>
    /// <param name="Most">The largest.</param>
    public sealed record Integer(long Least, long Most) : ParameterForm;

    /// <summary>A calendar day, <c>yyyy-MM-dd</c>.</summary>
    public sealed record Date : ParameterForm;

    /// <summary>The id of a user, a key or a login.</summary>
    public sealed record Id : ParameterForm;

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public sealed record Flag : ParameterForm;

    /// <summary>One of some words; several where <paramref name="Several"/>, with commas between.</summary>
    /// <param name="Words">The words.</param>
    /// <param name="Several">Whether more than one may be given.</param>
    public sealed record Choice(IReadOnlyList<string> Words, bool Several = false) : ParameterForm;

    /// <summary>Any text; several where <paramref name="Several"/>, with commas between.</summary>
    /// <param name="Longest">Characters, at most.</param>
    /// <param name="Several">Whether more than one may be given.</param>
    public sealed record Text(int Longest = 200, bool Several = false) : ParameterForm;
}

/// <summary>A parameter of a route: read, checked and documented by the same lines.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">What it must be.</param>
/// <param name="Description">What it does, and what holds without it.</param>
public sealed record ApiParameter(string Name, ParameterForm Form, string Description)
{
    /// <summary>Where it stands.</summary>
    public ParameterPlace Place { get; init; } = ParameterPlace.Query;

    /// <summary>A value that makes sense, for the documentation.</summary>
    public string? Example { get; init; }
}

/// <summary>The parameters of a route, all of them: another one is refused.</summary>
/// <param name="Items">The parameters.</param>
public sealed record ApiParameters(params IReadOnlyList<ApiParameter> Items);
