using Tars.Sealing.Envelopes;
using Tars.Sealing.Verification;

namespace Tars.Verify.Checks;

/// <summary>Compares what a verified envelope names with the files beside it.</summary>
internal static class SubjectCheck
{
    internal static async Task<IReadOnlyList<Finding>> RunAsync(Statement statement, string folder) =>
        [.. (await SubjectFiles.CompareAsync(statement, folder)).Select(finding => new Finding(Path.Combine(folder, finding.Name), "file", finding.IsGood, Text(finding)))];

    private static string Text(SubjectFinding finding) => finding switch
    {
        SubjectFinding.Intact intact => $"as signed, sha256 {intact.Sha256}",
        SubjectFinding.OtherForm other => $"not there; its other form {other.OtherName} is, as signed",
        SubjectFinding.Differs differs => $"expected sha256 {differs.ExpectedSha256}, found {differs.FoundSha256}{(differs.IsSealed ? "; a sealed file that was rewrapped differs so: open it and verify its plain form" : string.Empty)}",
        SubjectFinding.Missing missing => $"missing; expected sha256 {missing.ExpectedSha256}",
        SubjectFinding.NoFileName => "the envelope names no file of its folder; it was not looked for",
        _ => throw new System.Diagnostics.UnreachableException(),
    };
}
