using Tars.Compliance.Audit;
using Tars.Sealing.Logs;
using Tars.Sealing.Signatures;
using Xunit;

namespace Tars.Cli.Tests.Auditing;

/// <summary>An audit log where the configuration looks for one when it says nothing: in the folder that commands run in.</summary>
internal sealed class KeptLog
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
            string lines = File.ReadAllText(segment);
            Assert.DoesNotContain(Environment.UserName, lines, StringComparison.OrdinalIgnoreCase);
            Assert.DoesNotContain(Environment.MachineName, lines, StringComparison.OrdinalIgnoreCase);
        }
    }
}
