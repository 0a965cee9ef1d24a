namespace Tars.Server.Documents;

/// <summary>A body of JSON that a route takes, all of it: another field is refused.</summary>
/// <param name="Fields">The fields.</param>
public sealed record ApiBody(params IReadOnlyList<ApiField> Fields)
{
    /// <summary>The media type.</summary>
    public const string MediaType = "application/json";

    /// <summary>Whether the route needs it.</summary>
    public bool IsRequired { get; init; } = true;
}

/// <summary>A field of a body.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Form">What its value must be.</param>
/// <param name="Description">What it is, and what holds without it.</param>
/// <param name="Example">A value that makes sense; a whole number where the form is one.</param>
public sealed record ApiField(string Name, ParameterForm Form, string Description, string Example)
{
    /// <summary>Whether it must be there; where it need not, null stands for nothing.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>The fewest characters of a text.</summary>
    public int Shortest { get; init; } = 1;

    /// <summary>The regular expression that a text fits; null for any without control characters.</summary>
    public string? Pattern { get; init; }

    /// <summary>Whether it is a password: any characters are taken.</summary>
    public bool IsSecret { get; init; }
}
