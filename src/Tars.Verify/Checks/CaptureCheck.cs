using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Verification;

namespace Tars.Verify.Checks;

/// <summary>
/// Checks a capture: its <c>SHA256SUMS</c> is the one that a verified envelope names, and each file has the digest in it
/// (docs/formats/capture.md). The manifest is a file of that list, and its digests are of files of the list.
/// </summary>
internal static class CaptureCheck
{
    private const string Kind = "capture";
    private const string Sums = "SHA256SUMS";
    private const string Manifest = "manifest.json";
    private const int DigestLength = 64;
    private const int LongestSums = 16 << 20;

    internal static async Task<IReadOnlyList<Finding>> RunAsync(string folder, IReadOnlyList<Statement> statements)
    {
        string sumsPath = Path.Combine(folder, Sums);
        byte[] content = InputFile.Read(sumsPath, LongestSums);
        string digest = Convert.ToHexStringLower(SHA256.HashData(content));
        bool isNamed = statements.Where(statement => statement.PredicateType == RunStatement.PredicateType).Any(statement => RunStatement.FactsOf(statement).CaptureSha256 == digest);
        List<Finding> findings = [new Finding(sumsPath, Kind, isNamed, isNamed ? $"a verified envelope names its sha256 {digest}" : $"no verified envelope among the paths names its sha256 {digest}")];
        HashSet<string> listed = [Sums];
        foreach ((int index, string line) in Encoding.UTF8.GetString(content).TrimEnd('\n').Split('\n').Index())
        {
            string name = line.Length > DigestLength + 2 ? line[(DigestLength + 2)..] : string.Empty;
            if (name.Length == 0 || line.AsSpan(DigestLength, 2) is not "  " || name.AsSpan().ContainsAny('/', '\\', '\0') || !listed.Add(name))
            {
                return [.. findings, new Finding(sumsPath, Kind, false, $"line {index + 1}: a digest, two spaces and a file name, each once, are expected")];
            }

            findings.Add(await FileAsync(Path.Combine(folder, name), line[..DigestLength]));
        }

        if (!listed.Contains(Manifest))
        {
            findings.Add(new Finding(sumsPath, Kind, false, $"{Manifest} is not in the list"));
        }

        findings.AddRange(Directory.EnumerateFileSystemEntries(folder).Where(path => !listed.Contains(Path.GetFileName(path))).Order(StringComparer.Ordinal)
            .Select(path => new Finding(path, Kind, false, $"not in {Sums}: nothing vouches for it")));
        return findings;
    }

    private static async Task<Finding> FileAsync(string path, string expected)
    {
        string? found = await SubjectFiles.DigestAsync(path);
        return new Finding(path, Kind, found == expected, found is null ? $"missing; expected sha256 {expected}" : found == expected ? $"as listed, sha256 {found}" : $"expected sha256 {expected}, found {found}");
    }
}
