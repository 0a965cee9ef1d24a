namespace Tars.Client.Documents;

/// <summary>The body of a login.</summary>
internal sealed record LoginForm(string Username, string Password, string? Code)
{
    public override string ToString() => "(a login)"; // a password stands in no log
}

/// <summary>The body of a refresh and of a logout.</summary>
internal sealed record RefreshForm(string RefreshToken)
{
    public override string ToString() => "(a refresh token)";
}

/// <summary>What a login or a refresh gives.</summary>
internal sealed record TokenAnswer
{
    public string? AccessToken { get; set; }

    public string? RefreshToken { get; set; }

    public long ExpiresIn { get; set; }

    public override string ToString() => "(tokens)";
}
