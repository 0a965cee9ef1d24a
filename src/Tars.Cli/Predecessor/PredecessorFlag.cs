namespace Tars.Cli.Predecessor;

/// <summary>What became of a flag.</summary>
internal enum FlagFate
{
    /// <summary>It works as it did.</summary>
    Works,

    /// <summary>It works, in another form; a note on standard error says which.</summary>
    Translated,

    /// <summary>It has no meaning any more and is left out; a note says why.</summary>
    LeftOut,

    /// <summary>It is refused; the error says what to write.</summary>
    Refused,
}

/// <summary>A flag of a predecessor's command.</summary>
/// <param name="Name">As it was typed.</param>
/// <param name="TakesValue">Whether a value follows.</param>
/// <param name="Fate">What became of it.</param>
/// <param name="Now">What is written now, or why it is gone.</param>
/// <param name="Translate">For <see cref="FlagFate.Translated"/>: the new arguments for the value.</param>
internal sealed record PredecessorFlag(string Name, bool TakesValue, FlagFate Fate, string Now, Func<string, string[]>? Translate = null)
{
    /// <summary>The fate in the words of the table.</summary>
    public string FateText => Fate switch
    {
        FlagFate.Works => "works",
        FlagFate.Translated or FlagFate.LeftOut => "works with a note",
        _ => "refused",
    };
}

/// <summary>A command of the predecessor.</summary>
/// <param name="Name">Its name after <c>tars</c>; the predecessor's <c>tars-NAME</c>.</param>
/// <param name="Now">The command it is now.</param>
/// <param name="Note">What differs, said whenever it is used; null when the name is still current.</param>
/// <param name="Flags">Its flags.</param>
/// <param name="Besides">What the translated arguments need besides; null when nothing ever is needed.</param>
internal sealed record PredecessorCommand(
    string Name, string Now, string? Note, IReadOnlyList<PredecessorFlag> Flags, Func<IReadOnlyList<string>, IReadOnlyList<string>>? Besides = null);
