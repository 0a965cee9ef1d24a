using System.Security.Cryptography;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Verification;
using Tars.TestKit;

namespace Tars.Sealing.Tests.Verification;

public sealed class SubjectFilesTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Compare_FilesAsWritten_AreIntactWithTheDigestOfSha256sum()
    {
        Statement statement = Reports();
        IReadOnlyList<SubjectFinding> findings = await CompareAsync(statement);
        Assert.Equal(["kpi.json", "kpi.md", "kpi.json.sealed"], findings.Select(finding => finding.Name));
        CommandResult sums = await new CommandLine(Executables.Require("sha256sum"), "kpi.json", "kpi.md", "kpi.json.sealed") { WorkingDirectory = _folder.Path }.RunAsync(TestContext.Current.CancellationToken);
        Assert.Equal(sums.Output.TrimEnd('\n').Split('\n').Select(line => line[..64]), findings.Cast<SubjectFinding.Intact>().Select(finding => finding.Sha256));
        Assert.All(findings, finding => Assert.True(finding.IsGood));
    }

    [Fact]
    public async Task Compare_OneBitFlipped_GivesBothDigests()
    {
        Statement statement = Reports();
        byte[] markdown = File.ReadAllBytes(_folder.Combine("kpi.md"));
        markdown[0] ^= 1;
        File.WriteAllBytes(_folder.Combine("kpi.md"), markdown);
        SubjectFinding.Differs differs = Assert.IsType<SubjectFinding.Differs>((await CompareAsync(statement))[1]);
        Assert.Equal((Sha256("# kpi\n"), Convert.ToHexStringLower(SHA256.HashData(markdown)), false), (differs.ExpectedSha256, differs.FoundSha256, differs.IsSealed));
        Assert.False(differs.IsGood);
    }

    [Theory]
    [InlineData("kpi.json", "kpi.json.sealed", 0)]
    [InlineData("kpi.json.sealed", "kpi.json", 2)]
    public async Task Compare_OneFormOfASealedOutputIsGone_TheOtherStandsForIt(string gone, string other, int index)
    {
        Statement statement = Reports();
        File.Delete(_folder.Combine(gone));
        Assert.Equal(new SubjectFinding.OtherForm(gone, other), (await CompareAsync(statement))[index]);
        _folder.WriteText(other, "changed");
        Assert.IsType<SubjectFinding.Missing>((await CompareAsync(statement))[index]);
    }

    [Fact]
    public async Task Compare_MissingFile_IsMissing()
    {
        Statement statement = Reports();
        File.Delete(_folder.Combine("kpi.md"));
        Assert.Equal(new SubjectFinding.Missing("kpi.md", Sha256("# kpi\n")), (await CompareAsync(statement))[1]);
    }

    // Another program may sign any name; a file outside the folder must not be looked at.
    [Theory]
    [InlineData("../outside")]
    [InlineData("/etc/hostname")]
    [InlineData("..")]
    [InlineData("a\\\\b")]
    public async Task Compare_NameOfAnotherFolder_IsNotLookedFor(string name)
    {
        string payload = $$$"""{"_type":"https://in-toto.io/Statement/v1","subject":[{"name":"{{{name}}}","digest":{"sha256":"{{{Sha256("x")}}}"}}],"predicateType":"urn:x"}""";
        StatementReading.Read read = Assert.IsType<StatementReading.Read>(Statement.Parse(TestKeys.Utf8(payload)));
        Assert.IsType<SubjectFinding.NoFileName>(Assert.Single(await CompareAsync(read.Statement)));
    }

    [Fact]
    public void NotNamed_StrangersInTheFolder_AreToldAndCompanionsAreNot()
    {
        Statement statement = Reports();
        foreach (string name in (string[])["kpi.dsse.json", "kpi.dsse.json.tsr", "kpi.json.sig", "stranger.txt", "stray.sig", "stray.dsse.json.tsr", "inner/kpi.json"])
        {
            _folder.WriteText(name, "x");
        }

        Assert.Equal(["inner/", "stranger.txt", "stray.dsse.json.tsr", "stray.sig"], SubjectFiles.NotNamed([statement], _folder.Path));
        Assert.Contains("kpi.md", SubjectFiles.NotNamed([], _folder.Path));
    }

    [Fact]
    public void NotNamed_NoSuchFolder_NamesIt() => Assert.Contains(
        "nowhere", Assert.Throws<SubjectFileException>(() => SubjectFiles.NotNamed([], _folder.Combine("nowhere"))).Message, StringComparison.Ordinal);

    private Statement Reports()
    {
        _folder.WriteText("kpi.json", "{}\n");
        _folder.WriteText("kpi.md", "# kpi\n");
        _folder.WriteText("kpi.json.sealed", "sealed");
        return RunStatement.Of([new RunOutput("kpi.json", Sha256("{}\n"), "kpi.json.sealed", Sha256("sealed")), new RunOutput("kpi.md", Sha256("# kpi\n"))], EnvelopeVerifierTests.Facts);
    }

    private Task<IReadOnlyList<SubjectFinding>> CompareAsync(Statement statement) =>
        SubjectFiles.CompareAsync(statement, _folder.Path, TestContext.Current.CancellationToken);

    private static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(TestKeys.Utf8(text)));
}
