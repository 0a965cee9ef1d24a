using System.Globalization;
using Tars.Storage.Blobs;
using Tars.Storage.Blobs.Retention;
using Tars.TestKit;
using Xunit;

namespace Tars.Storage.Tests.Blobs;

/// <summary>What retention would remove. Expected plans are written by hand; the property test compares with rules written as sentences.</summary>
public sealed class RetentionPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HashSet<BlobDigest> None = [];

    [Fact]
    public void Of_BlobsOlderThanTheLimit_RemovesThoseAndSaysHowOld()
    {
        RetentionPlan plan = RetentionPlan.Of([Blob(1, 31), Blob(2, 30), Blob(3, 29), Blob(4, -1)], Rules(age: 30), None, Now);
        PlannedRemoval removal = Assert.Single(plan.Removals);
        Assert.Equal((Digest(1), 10L), (removal.Blob.Digest, plan.FreedBytes));
        Assert.Equal("31 days old, the limit is 30 days", removal.Reason.ToString());
    }

    [Fact]
    public void Of_MoreThanTheTotal_RemovesTheOldestUntilItFits()
    {
        RetentionPlan plan = RetentionPlan.Of([Blob(3, 1), Blob(1, 3), Blob(2, 2)], Rules(bytes: 15), None, Now);
        Assert.Equal([Digest(1), Digest(2)], plan.Removals.Select(removal => removal.Blob.Digest));
        Assert.Equal(["30 bytes of its kind, the limit is 15 bytes", "20 bytes of its kind, the limit is 15 bytes"], plan.Removals.Select(removal => removal.Reason.ToString()));
        Assert.Empty(RetentionPlan.Of([Blob(1, 3), Blob(2, 2)], Rules(bytes: 20), None, Now).Removals);
    }

    [Fact]
    public void Of_BothLimits_AgeComesFirst()
    {
        RetentionPlan plan = RetentionPlan.Of([Blob(1, 40), Blob(2, 2), Blob(3, 1)], Rules(age: 30, bytes: 10), None, Now);
        Assert.IsType<RemovalReason.TooOld>(plan.Removals[0].Reason);
        Assert.Equal(new RemovalReason.TooMuch(20, 10), plan.Removals[1].Reason);
        Assert.Equal(2, plan.Removals.Count);
    }

    [Fact]
    public void Of_BlobsOnHold_StayAndCountAndAreTold()
    {
        RetentionPlan plan = RetentionPlan.Of([Blob(1, 40), Blob(2, 3), Blob(3, 2)], Rules(age: 30, bytes: 15), new HashSet<BlobDigest> { Digest(1), Digest(3) }, Now);
        Assert.Equal([Digest(2)], plan.Removals.Select(removal => removal.Blob.Digest));
        Assert.Equal([(Digest(1), StayReason.LegalHold), (Digest(3), StayReason.LegalHold)], plan.Stays.Select(stay => (stay.Blob.Digest, stay.Because)));
        Assert.Equal([new KindOverLimit("report", 20, 15)], plan.OverLimit);
    }

    [Fact]
    public void Of_ABlobOfTwoKinds_GoesWhenBothLetItGo()
    {
        RetainedBlob report = Blob(1, 40);
        RetainedBlob capture = report with { Kind = "capture" };
        RetentionPlan kept = RetentionPlan.Of([report, capture], Rules(age: 30), None, Now);
        Assert.Empty(kept.Removals);
        Assert.Equal(StayReason.KeptByAnotherKind, Assert.Single(kept.Stays).Because);
        RetentionRules both = new(new Dictionary<string, RetentionRule> { ["report"] = new(TimeSpan.FromDays(30), null), ["capture"] = new(TimeSpan.FromDays(39), null) });
        RetentionPlan gone = RetentionPlan.Of([report, capture], both, None, Now);
        Assert.Equal((2, 10L), (gone.Removals.Count, gone.FreedBytes));
    }

    [Fact]
    public void Of_AKindWithoutARule_Keeps()
    {
        Assert.Empty(RetentionPlan.Of([Blob(1, 4000) with { Kind = "envelope" }], Rules(age: 30, bytes: 0), None, Now).Removals);
        Assert.Empty(RetentionPlan.Of([], Rules(age: 30, bytes: 0), None, Now).Removals);
    }

    [Fact]
    public void Of_RandomBlobsInAnyOrder_IsTheSamePlanAndKeepsItsPromises()
    {
        Random random = new(Seeds.Draw());
        for (int round = 0; round < 200; round++)
        {
            RetainedBlob[] blobs = [.. Enumerable.Range(0, random.Next(30)).Select(i => Blob(i, random.Next(60)) with { Size = random.Next(20), Kind = random.Next(2) == 0 ? "report" : "other" })];
            HashSet<BlobDigest> holds = [.. blobs.Where(_ => random.Next(5) == 0).Select(blob => blob.Digest)];
            long limit = random.Next(200);
            RetentionPlan plan = RetentionPlan.Of(blobs, Rules(age: 30, bytes: limit), holds, Now);
            random.Shuffle(blobs);
            Assert.Equal(plan.Removals, RetentionPlan.Of(blobs, Rules(age: 30, bytes: limit), holds, Now).Removals);

            HashSet<BlobDigest> gone = [.. plan.Removals.Select(removal => removal.Blob.Digest)];
            Assert.DoesNotContain(gone, holds.Contains);
            Assert.All(plan.Removals, removal => Assert.Equal("report", removal.Blob.Kind));
            RetainedBlob[] left = [.. blobs.Where(blob => blob.Kind == "report" && !gone.Contains(blob.Digest))];
            Assert.DoesNotContain(left, blob => Now - blob.Created > TimeSpan.FromDays(30) && !holds.Contains(blob.Digest));
            Assert.True(left.Sum(blob => blob.Size) <= limit || left.All(blob => holds.Contains(blob.Digest)));
            Assert.Equal(left.Sum(blob => blob.Size) > limit, plan.OverLimit.Count == 1);
            RetainedBlob? newestGone = plan.Removals.LastOrDefault(removal => removal.Reason is RemovalReason.TooMuch)?.Blob;
            Assert.True(newestGone is null || left.Sum(blob => blob.Size) + newestGone.Size > limit, "one blob more than needed goes");
        }
    }

    [Fact]
    public void Rules_ThatAreNoLimit_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => Rules(age: 0));
        Assert.Throws<ArgumentException>(() => Rules(bytes: -1));
        Assert.Throws<ArgumentException>(() => RetentionPlan.Of([Blob(1, 1), Blob(1, 1)], Rules(age: 1), None, Now));
    }

    private static BlobDigest Digest(int number) => BlobDigest.Parse(number.ToString("x64", CultureInfo.InvariantCulture));

    private static RetainedBlob Blob(int number, int days) => new(Digest(number), "report", 10, Now.AddDays(-days));

    private static RetentionRules Rules(int? age = null, long? bytes = null) =>
        new(new Dictionary<string, RetentionRule> { ["report"] = new(age is { } days ? TimeSpan.FromDays(days) : null, bytes) });
}
