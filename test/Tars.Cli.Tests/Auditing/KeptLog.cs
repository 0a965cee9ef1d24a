using System.Text.RegularExpressions;
using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;
using Xunit;

namespace Tars.Cli.Tests.Auditing;

/// <summary>An audit log where the configuration looks for one when it says nothing: in the folder that commands run in.</summary>
internal sealed partial class KeptLog
{
    private readonly PublicKey _firstKey;

    /// <summary>Makes the log, and the folder of its persons.</summary>
    /// <param name="workingFolder">Where commands run.</param>
    public KeptLog(string workingFolder)
    {
        Folder = Path.Combine(workingFolder, "logs", "audit");
        _firstKey = AuditLog.Create(Folder, "audit.example.org/tars/test", TimeProvider.System);
        using SubjectKeys made = SubjectKeys.Create(Subjects, TimeProvider.System);
    }

    public string Folder { get; }

    public string Subjects => Folder + ".subjects";

    public LogLayout Layout => new(Folder);

    public IReadOnlyList<AuditRecord> Events() => [.. new AuditQuery(Folder).Find(new AuditFilter())];

    /// <summary>Types and outcomes, such as <c>run.intent intent</c>.</summary>
    public IEnumerable<string> Story() => Events().Select(one => $"{one.Type} {one.Outcome.ToString().ToLowerInvariant()}");

    /// <summary>Asserts that an auditor finds nothing wrong, and that everything is under a signed checkpoint.</summary>
    public void AssertWhole()
    {
        LogVerification verification = LogVerifier.Verify(Folder, new LogTrust(_firstKey.KeyId));
        Assert.True(verification is LogVerification.Whole, string.Join('\n', verification.Findings));
        Assert.Equal(0, verification.Log.LinesAfterCheckpoint);
    }

    /// <summary>Asserts that each event is this user's, and that whoever holds the log alone does not learn who that is.</summary>
    public void AssertSealedPersons()
    {
        using SubjectKeys subjects = SubjectKeys.Open(Subjects, TimeProvider.System);
        Assert.All(Events(), one => Assert.Equal(
            new RevealedPerson.Known(new AuditActor.Person(Environment.UserName, Environment.MachineName)), subjects.Reveal(one.Person!)));
        foreach (string segment in Directory.EnumerateFiles(Layout.Segments))
        {
            string lines = SealedText().Replace(File.ReadAllText(segment), string.Empty); // random letters, in which a short name occurs by chance
            foreach (string name in (string[])[Environment.UserName, Environment.MachineName])
            {
                Assert.DoesNotMatch(new Regex($@"\b{Regex.Escape(name)}\b", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant), lines);
            }
        }
    }

    [GeneratedRegex("\"sealed\":\"[A-Za-z0-9+/=]+\"")]
    private static partial Regex SealedText();
}
