namespace Tars.Verify.Checks;

/// <summary>What one check gave.</summary>
/// <param name="Path">What was looked at.</param>
/// <param name="Check">Which kind: <c>envelope</c>, <c>file</c>, <c>signature</c>, <c>signed-json</c>, <c>sealed-file</c>, <c>capture</c>, <c>folder</c>.</param>
/// <param name="IsGood">Whether nothing speaks against it.</param>
/// <param name="Message">What was found, and for a failure where.</param>
/// <param name="Notes">What else is to be known: keys, times, digests.</param>
internal sealed record Finding(string Path, string Check, bool IsGood, string Message, params IReadOnlyList<string> Notes)
{
    /// <summary>Whether it is good, and should be known all the same: the torn end of a log.</summary>
    internal bool IsWarning { get; init; }
}
