using System.Security.Cryptography;
using System.Text;
using Tars.Sealing.Envelopes;
using Tars.Sealing.Keys;
using Tars.Sealing.Signatures;
using Tars.TestKit;

namespace Tars.Verify.Tests;

/// <summary>A folder of signed reports with the keys that signed it, and the built program to look at it.</summary>
internal sealed class SignedReports : IDisposable
{
    // Making an RSA-4096 key takes seconds: one pair serves the whole run.
    private static readonly Lazy<SigningPair> Pair = new(NewPair);

    private readonly TemporaryDirectory _folder = new();

    internal SignedReports(string? captureSha256 = null)
    {
        _folder.WriteText("reports/kpi.json", "{\"a\":1}\n");
        _folder.WriteText("reports/kpi.md", "# kpi\n");
        _folder.WriteText("trust/rsa.pub", Rsa.PublicKey.ToPem());
        _folder.WriteText("trust/p256.pub", Ecdsa.PublicKey.ToPem());
        SignEnvelope([Rsa, Ecdsa], captureSha256);
    }

    internal static PrivateKey Rsa => Pair.Value.Keys[0];

    internal static PrivateKey Ecdsa => Pair.Value.Keys[1];

    internal string Folder => _folder.Path;

    internal string Combine(string path) => _folder.Combine(path);

    internal string Write(string path, string text) => _folder.WriteText(path, text);

    internal void SignEnvelope(IReadOnlyList<ISigner> signers, string? captureSha256 = null)
    {
        DateTimeOffset from = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        RunFacts facts = new("tars kpi", "1.2.3", "run-1", new string('0', 64), from, from.AddDays(1), new RunSource("prometheus", "3.5.0", null), captureSha256, null, from.AddDays(2), "ann");
        Statement statement = RunStatement.Of([new RunOutput("kpi.json", Sha256("reports/kpi.json")), new RunOutput("kpi.md", Sha256("reports/kpi.md"))], facts);
        File.WriteAllBytes(Combine("reports/kpi.dsse.json"), Envelope.Sign(Envelope.StatementType, statement.ToUtf8(), signers).ToUtf8());
    }

    /// <summary>A new pair, as a key ring makes it.</summary>
    internal static SigningPair NewPair()
    {
        using TemporaryDirectory folder = new();
        KeyRing ring = new(folder.Combine("ring"), TimeProvider.System);
        ring.Create();
        ring.CreateSigning(null);
        return ring.OpenSigning(null);
    }

    internal string Sha256(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Combine(path))));

    /// <summary>Flips one bit of a file.</summary>
    internal void Flip(string path, int offset)
    {
        byte[] content = File.ReadAllBytes(Combine(path));
        content[offset] ^= 1;
        File.WriteAllBytes(Combine(path), content);
    }

    internal void Truncate(string path)
    {
        byte[] content = File.ReadAllBytes(Combine(path));
        File.WriteAllBytes(Combine(path), content[..^100]);
    }

    /// <summary>Puts another payload under the same signatures: one letter of a name differs.</summary>
    internal void ChangePayload()
    {
        string text = File.ReadAllText(Combine("reports/kpi.dsse.json"));
        string payload = text.Split('"')[3];
        string changed = Encoding.UTF8.GetString(Convert.FromBase64String(payload)).Replace("\"ann\"", "\"bob\"", StringComparison.Ordinal);
        File.WriteAllText(Combine("reports/kpi.dsse.json"), text.Replace(payload, Convert.ToBase64String(Encoding.UTF8.GetBytes(changed)), StringComparison.Ordinal));
    }

    /// <summary>Runs the built program in the folder.</summary>
    internal Task<CommandResult> RunAsync(params string[] arguments) =>
        new CommandLine(Path.Combine(AppContext.BaseDirectory, "tars-verify"), arguments) { WorkingDirectory = Folder }.RunAsync(TestContext.Current.CancellationToken);

    public void Dispose() => _folder.Dispose();
}
