namespace Tars.Sealing.Verification;

/// <summary>What a look at a folder gave about one name of a statement.</summary>
public abstract record SubjectFinding
{
    private SubjectFinding(string name) => Name = name;

    /// <summary>The subject's name.</summary>
    public string Name { get; }

    /// <summary>Whether nothing speaks against the statement.</summary>
    public bool IsGood => this is Intact or OtherForm;

    /// <summary>The file is there, with exactly the digest that is stated.</summary>
    /// <param name="Name">The subject's name.</param>
    /// <param name="Sha256">Its digest: 64 lower-case hexadecimal digits.</param>
    public sealed record Intact(string Name, string Sha256) : SubjectFinding(Name);

    /// <summary>The file is not there, but its other form, plain or sealed, is, and is intact.</summary>
    /// <param name="Name">The subject's name.</param>
    /// <param name="OtherName">The name of the form that is there.</param>
    public sealed record OtherForm(string Name, string OtherName) : SubjectFinding(Name);

    /// <summary>The file is there, and holds something else.</summary>
    /// <param name="Name">The subject's name.</param>
    /// <param name="ExpectedSha256">The digest that is stated.</param>
    /// <param name="FoundSha256">The digest of the file.</param>
    /// <param name="IsSealed">Whether it is the sealed form of another output: that has another digest once it was rewrapped.</param>
    public sealed record Differs(string Name, string ExpectedSha256, string FoundSha256, bool IsSealed) : SubjectFinding(Name);

    /// <summary>No file has that name.</summary>
    /// <param name="Name">The subject's name.</param>
    /// <param name="ExpectedSha256">The digest that is stated.</param>
    public sealed record Missing(string Name, string ExpectedSha256) : SubjectFinding(Name);

    /// <summary>The name is none of a file in this folder: it names another folder, and is not looked for.</summary>
    /// <param name="Name">The subject's name.</param>
    public sealed record NoFileName(string Name) : SubjectFinding(Name);
}
