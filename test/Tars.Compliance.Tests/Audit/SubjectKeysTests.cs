using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Time.Testing;
using Tars.Compliance.Audit;

namespace Tars.Compliance.Tests.Audit;

/// <summary>Persons in a log and their erasure. <c>TARS_DICTIONARY</c> sets how many addresses are tried; <c>bench/long/audit-dictionary.sh</c> takes a million.</summary>
public sealed partial class SubjectKeysTests
{
    private const string Anna = "anna.schmidt@example.org";
    private const string Bert = "bert@example.org";

    private static readonly int DictionarySize = int.Parse(Environment.GetEnvironmentVariable("TARS_DICTIONARY") ?? "20000", NumberStyles.None, CultureInfo.InvariantCulture);

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task AppendAsync_Person_IsSealedAndRevealedWithTheKeyOnly()
    {
        using LogFolder folder = new();
        await using AuditLog log = folder.Open();
        await log.AppendAsync(LogFolder.Event(1, Anna), Cancelled);
        await log.AppendAsync(LogFolder.Event(2, Anna), Cancelled);
        await log.AppendAsync(LogFolder.Event(3, Bert), Cancelled);

        AuditRecord[] records = [.. new AuditQuery(folder.Log).Find(new AuditFilter())];

        Assert.Equal(records[0].Person!.Subject, records[1].Person!.Subject);
        Assert.NotEqual(records[0].Person!.Subject, records[2].Person!.Subject);
        Assert.Equal(folder.Subjects.Find(Anna), records[0].Person!.Subject);
        Assert.Equal(new RevealedPerson.Known(new AuditActor.Person(Anna, "192.0.2.1")), folder.Subjects.Reveal(records[0].Person!));
        folder.ReopenSubjects();
        Assert.Equal(new RevealedPerson.Known(new AuditActor.Person(Bert, "192.0.2.1")), folder.Subjects.Reveal(records[2].Person!));
        Assert.DoesNotContain("anna", await File.ReadAllTextAsync(folder.Layout.Segment(0), Cancelled), StringComparison.OrdinalIgnoreCase);

        // Opened by the format's own words, with the platform's cipher and the key of the file.
        string content = await File.ReadAllTextAsync(Assert.Single(Directory.EnumerateFiles(folder.SubjectFolder, "*.subject"), path => File.ReadAllText(path).StartsWith(records[0].Person!.Subject, StringComparison.Ordinal)), Cancelled);
        byte[] sealed_ = Convert.FromBase64String(records[0].Person!.Sealed);
        byte[] plain = new byte[sealed_.Length - 28];
        using AesGcm cipher = new(Convert.FromHexString(content[33..97]), 16);
        cipher.Decrypt(sealed_.AsSpan(0, 12), sealed_.AsSpan(12, plain.Length), sealed_.AsSpan(12 + plain.Length), plain, Encoding.ASCII.GetBytes(records[0].Person!.Subject));
        Assert.Equal($$"""{"name":"{{Anna}}","from":"192.0.2.1"}""", Encoding.UTF8.GetString(plain).TrimEnd(' '));
        Assert.Equal(0, plain.Length % 64); // the length tells little of the name
    }

    [Fact]
    public void Seal_SamePersonAndPlaceWithinASecond_IsSealedOnceOtherwiseAnew()
    {
        FakeTimeProvider time = new(DateTimeOffset.UtcNow);
        using LogFolder folder = new(time);
        AuditActor.Person home = new(Anna, "192.0.2.1"), away = new(Anna, "192.0.2.2");
        string first = folder.Subjects.Seal(home).Sealed;

        Assert.Equal(first, folder.Subjects.Seal(home).Sealed);
        string elsewhere = folder.Subjects.Seal(away).Sealed;
        Assert.NotEqual(first, elsewhere);
        Assert.Equal(new RevealedPerson.Known(away), folder.Subjects.Reveal(folder.Subjects.Seal(away)));
        string again = folder.Subjects.Seal(home).Sealed;
        time.Advance(TimeSpan.FromSeconds(1));
        string later = folder.Subjects.Seal(home).Sealed;

        Assert.Equal(4, new[] { first, elsewhere, again, later }.Distinct().Count());
        Assert.Equal(4, new[] { first, elsewhere, again, later }.Select(text => Convert.ToHexString(Convert.FromBase64String(text).AsSpan(0, 12))).Distinct().Count()); // no nonce twice
        string before = folder.Subjects.Seal(home).Subject;
        Assert.NotNull(folder.Subjects.Erase(Anna));
        SealedPerson new_ = folder.Subjects.Seal(home);
        Assert.NotEqual(later, new_.Sealed);
        Assert.NotEqual(before, new_.Subject);
    }

    [Fact]
    public async Task AppendAsync_PersonWithoutKeys_IsRefused()
    {
        using LogFolder folder = new();
        await using AuditLog log = folder.Open(new AuditLogOptions());
        await Assert.ThrowsAsync<ArgumentException>(async () => await log.AppendAsync(LogFolder.Event(1, Anna), Cancelled));
    }

    [Fact]
    public async Task EraseAsync_Person_IsErasedFromLogAndItsCopiesAndARestoredFolder()
    {
        using LogFolder folder = new();
        string backup = Path.Combine(folder.Root, "backup");
        string id;
        await using (AuditLog log = folder.Open())
        {
            await log.AppendAsync(LogFolder.Event(1, Anna), Cancelled);
            await log.AppendAsync(LogFolder.Event(2, Bert), Cancelled);
            LogFolder.Copy(folder.SubjectFolder, backup);
            id = (await log.EraseAsync(Anna, new AuditActor.Person(Bert), Cancelled))!;
            Assert.Null(await log.EraseAsync(Anna, null, Cancelled));
            Assert.Null(folder.Subjects.Find(Anna));
            AssertErased(folder, id);
        }

        // The folder comes back from a backup: both persons' files are there again, until the log is opened.
        folder.Subjects.Dispose();
        LogFolder.Copy(backup, folder.SubjectFolder);
        folder.ReopenSubjects();
        Assert.Equal(id, folder.Subjects.Find(Anna));
        await folder.Open().DisposeAsync();
        AssertErased(folder, id);
        Assert.NotNull(folder.Subjects.Find(Bert));

        // And while it is open.
        LogFolder.Copy(backup, folder.SubjectFolder);
        AssertErased(folder, id);
    }

    [Fact]
    public async Task Open_LogAndSubjectsRestoredFromBeforeTheErasure_RevealNothingOnceTheLedgerIsThere()
    {
        using LogFolder folder = new();
        string backup = Path.Combine(folder.Root, "backup");
        SealedPerson anna;
        string id;
        await using (AuditLog log = folder.Open())
        {
            await log.AppendAsync(LogFolder.Event(1, Anna), Cancelled);
            await log.AppendAsync(LogFolder.Event(2, Bert), Cancelled);
            await log.CheckpointAsync(Cancelled);
            anna = new AuditQuery(folder.Log).At(0)!.Person!;
            LogFolder.Copy(folder.Log, Path.Combine(backup, "log"));
            LogFolder.Copy(folder.SubjectFolder, Path.Combine(backup, "subjects"));
            id = (await log.EraseAsync(Anna, null, Cancelled))!;
        }

        // Both come back as they were before the erasure; the ledger is what nobody has restored.
        folder.Subjects.Dispose();
        Directory.Delete(folder.Log, recursive: true);
        Directory.Delete(folder.SubjectFolder, recursive: true);
        LogFolder.Copy(Path.Combine(backup, "log"), folder.Log);
        LogFolder.Copy(Path.Combine(backup, "subjects"), folder.SubjectFolder);
        folder.ReopenSubjects();
        Assert.IsType<RevealedPerson.Known>(folder.Subjects.Reveal(anna)); // the backup would tell

        await folder.Open().DisposeAsync();

        Assert.IsType<RevealedPerson.Erased>(folder.Subjects.Reveal(anna));
        Assert.Null(folder.Subjects.Find(Anna));
        Assert.NotNull(folder.Subjects.Find(Bert));
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.SubjectFolder, "*", SearchOption.AllDirectories), file => File.ReadAllText(file).Contains(id, StringComparison.Ordinal));
        AuditRecord told = new AuditQuery(folder.Log).Find(new AuditFilter { Type = "subject.erased" }).Single(); // and the old log says it from now on
        Assert.Equal(id, (string?)told.Data!["subject"]);
        await folder.Open().DisposeAsync();
        Assert.Single(new AuditQuery(folder.Log).Find(new AuditFilter { Type = "subject.erased" }));
    }

    [Fact]
    public async Task Open_LedgerWrittenByWhoeverHoldsNoKey_ErasesNobody()
    {
        using LogFolder folder = new();
        await using (AuditLog log = folder.Open())
        {
            await log.AppendAsync(LogFolder.Event(1, Anna), Cancelled);
        }

        string id = folder.Subjects.Find(Anna)!;
        await File.WriteAllTextAsync(folder.Subjects.ErasureLedgerPath, $"{id}\n{id} {new string('0', 64)}\n", Cancelled);
        await folder.Open().DisposeAsync();
        Assert.Equal(id, folder.Subjects.Find(Anna));
    }

    [Fact]
    public async Task AppendAsync_PersonWhoWasErasedAndComesAgain_IsSomebodyNew()
    {
        using LogFolder folder = new();
        await using (AuditLog log = folder.Open())
        {
            await log.AppendAsync(LogFolder.Event(1, Anna), Cancelled);
            string first = (await log.EraseAsync(Anna, null, Cancelled))!;
            await log.AppendAsync(LogFolder.Event(2, Anna), Cancelled);
            Assert.NotEqual(first, folder.Subjects.Find(Anna));
        }

        await folder.Open().DisposeAsync(); // erases the first id again, and only that
        AuditRecord[] records = [.. new AuditQuery(folder.Log).Find(new AuditFilter { Type = "run.intent" })];
        Assert.IsType<RevealedPerson.Erased>(folder.Subjects.Reveal(records[0].Person!));
        Assert.IsType<RevealedPerson.Known>(folder.Subjects.Reveal(records[1].Person!));
    }

    [Fact]
    public void Find_ErasedByAnotherProcess_IsForgottenWithinASecond()
    {
        using LogFolder folder = new(TimeProvider.System);
        folder.Subjects.Seal(new AuditActor.Person(Anna));
        using SubjectKeys other = SubjectKeys.Open(folder.SubjectFolder, TimeProvider.System);
        SealedPerson sealed_ = other.Seal(new AuditActor.Person(Anna));
        Assert.NotNull(folder.Subjects.Erase(Anna));
        Thread.Sleep(1100);
        Assert.IsType<RevealedPerson.Erased>(other.Reveal(sealed_));
        Assert.Null(other.Find(Anna));
    }

    [Fact]
    public async Task Reveal_BitFlipped_IsDamagedNotSomebodyElse()
    {
        using LogFolder folder = new();
        SealedPerson person = folder.Subjects.Seal(new AuditActor.Person(Anna));
        byte[] bytes = Convert.FromBase64String(person.Sealed);
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.IsType<RevealedPerson.Damaged>(folder.Subjects.Reveal(person with { Sealed = Convert.ToBase64String(bytes) }));
            bytes[bit / 8] ^= (byte)(1 << (bit % 8));
        }

        // Nor does one person's text open as another's.
        SealedPerson other = folder.Subjects.Seal(new AuditActor.Person(Bert));
        Assert.IsType<RevealedPerson.Damaged>(folder.Subjects.Reveal(person with { Subject = other.Subject }));
        Assert.IsType<RevealedPerson.Damaged>(folder.Subjects.Reveal(person with { Subject = "../../folder.key" }));
        await Task.CompletedTask;
    }

    [Fact]
    public void Seal_ManyThreadsAndTwoFolders_OneIdForEachPerson()
    {
        using LogFolder folder = new(TimeProvider.System);
        using SubjectKeys other = SubjectKeys.Open(folder.SubjectFolder, TimeProvider.System);
        string[] names = [.. Enumerable.Range(0, 20).Select(i => $"person{i}@example.org")];
        (string Name, string Id)[] all = [.. names.SelectMany(name => Enumerable.Repeat(name, 10)).AsParallel().Select((name, i) => (name, (i % 2 == 0 ? folder.Subjects : other).Seal(new AuditActor.Person(name)).Subject))];
        Assert.All(all.GroupBy(one => one.Name), one => Assert.Single(one.Select(pair => pair.Id).Distinct()));
        Assert.Equal(20, Directory.EnumerateFiles(folder.SubjectFolder, "*.subject").Count());
    }

    [Fact]
    public void Open_KeyThatOthersCanRead_IsRefused()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such rights");
        using LogFolder folder = new();
        string key = Path.Combine(folder.SubjectFolder, "folder.key");
        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(key));
            File.SetUnixFileMode(key, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        }

        AuditLogException refused = Assert.Throws<AuditLogException>(() => SubjectKeys.Open(folder.SubjectFolder, folder.Time));
        Assert.Contains("(640); 600 is expected", refused.Message, StringComparison.Ordinal);
        Assert.Equal($"chmod 600 {key}", refused.Hint);
    }

    /// <summary>
    /// Whoever has the log, an old copy of it, and the folder of subjects with its key after the erasure, tries every address: as text, as each usual hash
    /// of it, as HMAC under the folder's key, and each key that the folder still holds on each sealed actor.
    /// </summary>
    [Fact]
    public async Task EraseAsync_DictionaryOfAddresses_FindsLivingPersonsOnly()
    {
        using LogFolder folder = new(TimeProvider.System);
        Random random = new(TestKit.Seeds.Draw());
        string[] addresses = [.. Enumerable.Range(0, DictionarySize).Select(i => string.Create(CultureInfo.InvariantCulture, $"user{i}@example.org"))];
        string[] erased = [.. random.GetItems(addresses, 20).Distinct()];
        string living = addresses.Except(erased).First();
        string copy = Path.Combine(folder.Root, "old-copy");
        await using (AuditLog log = folder.Open())
        {
            foreach (string name in erased.Append(living))
            {
                await log.AppendAsync(LogFolder.Event(1, name), Cancelled);
            }

            await log.CheckpointAsync(Cancelled);
            LogFolder.Copy(folder.Log, copy);
            foreach (string name in erased)
            {
                Assert.NotNull(await log.EraseAsync(name, null, Cancelled));
            }
        }

        HashSet<string> words = new(StringComparer.OrdinalIgnoreCase);
        List<(string Subject, string Sealed)> actors = [];
        List<byte[]> keys = [];
        foreach (string path in new[] { folder.Log, copy, folder.SubjectFolder }.SelectMany(root => Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)))
        {
            string text = Encoding.Latin1.GetString(await File.ReadAllBytesAsync(path, Cancelled)) + "\n" + Path.GetFileName(path);
            words.UnionWith(Word().Matches(text).SelectMany(match => match.Value.Split('.').Append(match.Value)));
            actors.AddRange(Actor().Matches(text).Select(match => (match.Groups["subject"].Value, match.Groups["sealed"].Value)));
            keys.AddRange(HexKey().Matches(text).Select(match => Convert.FromHexString(match.Value)));
        }

        byte[] folderKey = Convert.FromHexString((await File.ReadAllTextAsync(Path.Combine(folder.SubjectFolder, "folder.key"), Cancelled)).Trim());
        string[] found = [.. addresses.Where(name => Forms(Encoding.UTF8.GetBytes(name), folderKey).Append(name).Any(words.Contains))];
        HashSet<string> opened = [];
        foreach ((string subject, string sealed_) in actors.Distinct())
        {
            opened.UnionWith(keys.Select(key => TryOpen(key, subject, sealed_)).OfType<string>());
        }

        Assert.Equal(2 * (erased.Length + 1), actors.Count); // the attack sees every sealed actor, in both logs
        Assert.Equal([living], found); // and its means work: whoever lives in the folder is found
        Assert.Contains(living, Assert.Single(opened), StringComparison.Ordinal);
    }

    private static IEnumerable<string> Forms(byte[] name, byte[] folderKey)
    {
        byte[] hmac = HMACSHA256.HashData(folderKey, name);
        foreach (byte[] form in new[] { name, SHA256.HashData(name), hmac, hmac[..16], SHA256.HashData(name)[..16] })
        {
            yield return Convert.ToHexString(form);
            yield return Convert.ToBase64String(form).TrimEnd('=');
        }
    }

    private static string? TryOpen(byte[] key, string subject, string base64)
    {
        byte[] sealed_ = Convert.FromBase64String(base64);
        byte[] plain = new byte[sealed_.Length - 28];
        using AesGcm cipher = new(key, 16);
        try
        {
            cipher.Decrypt(sealed_.AsSpan(0, 12), sealed_.AsSpan(12, plain.Length), sealed_.AsSpan(12 + plain.Length), plain, Encoding.ASCII.GetBytes(subject));
            return Encoding.UTF8.GetString(plain);
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }

    private static void AssertErased(LogFolder folder, string id)
    {
        AuditRecord record = new AuditQuery(folder.Log).Find(new AuditFilter { Actor = id }).First();
        Assert.IsType<RevealedPerson.Erased>(folder.Subjects.Reveal(record.Person!));
        Assert.Null(folder.Subjects.Find(Anna));
        Assert.DoesNotContain(Directory.EnumerateFiles(folder.SubjectFolder, "*", SearchOption.AllDirectories), path => path.Contains(id, StringComparison.Ordinal) || File.ReadAllText(path).Contains(id, StringComparison.Ordinal));
    }

    [GeneratedRegex(@"[\w@.+/-]{8,}")]
    private static partial Regex Word();

    [GeneratedRegex("\"subject\":\"(?<subject>[0-9a-f]{32})\",\"sealed\":\"(?<sealed>[^\"]+)\"", RegexOptions.ExplicitCapture)]
    private static partial Regex Actor();

    [GeneratedRegex(@"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])")]
    private static partial Regex HexKey();
}
