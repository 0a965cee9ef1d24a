using Tars.Application.Collecting;
using Tars.Application.Sharding;
using Tars.TestKit;
using Xunit;

namespace Tars.Application.Tests.Sharding;

public sealed class ShardTests
{
    [Theory]
    [InlineData("0/1", 0, 1)]
    [InlineData("0/4", 0, 4)]
    [InlineData("3/4", 3, 4)]
    [InlineData("9999/10000", 9999, 10000)]
    public void Parse_PartOfParts_IsRead(string text, int index, int count)
    {
        Shard shard = Shard.Parse(text);

        Assert.Equal((index, count, text), (shard.Index, shard.Count, shard.ToString()));
    }

    [Theory]
    [InlineData("4/4", "there is no part 4/4: the first of 4 is 0 and the last 3", "write --shard 3/4 for the last")]
    [InlineData("/4", "'/4' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    [InlineData("", "'' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    [InlineData("1", "'1' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    [InlineData("-1/4", "'-1/4' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    [InlineData("0/0", "'0/0' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    [InlineData("0/10001", "'0/10001' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    [InlineData("1/2/3", "'1/2/3' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    [InlineData(" 1/2", "' 1/2' is no part of a fleet", "write --shard 0/4 for the first of four; the last is 3/4")]
    public void Parse_AnythingElse_IsRefused(string text, string message, string hint)
    {
        RequestException refused = Assert.Throws<RequestException>(() => Shard.Parse(text));

        Assert.Equal((message, hint), (refused.Message, refused.Hint));
    }

    [Fact]
    public void Of_NamesOfNineServices_TakesEachThird() // sorted: a b c d e f g h i
    {
        string[] names = ["i", "a", "h", "b", "g", "c", "f", "d", "e"];

        Assert.Equal(["a", "g", "d"], new Shard(0, 3).Of(names));
        Assert.Equal(["h", "b", "e"], new Shard(1, 3).Of(names));
        Assert.Equal(["i", "c", "f"], new Shard(2, 3).Of(names));
    }

    [Fact]
    public void Of_AnyNamesInAnyOrder_PartsThemIntoEqualShares()
    {
        Random random = new(Seeds.Draw());
        for (int round = 0; round < 300; round++)
        {
            string[] names = [.. Enumerable.Range(0, random.Next(0, 40)).Select(_ => random.Next().ToString("x", System.Globalization.CultureInfo.InvariantCulture)).Distinct()];
            string[] shuffled = [.. names];
            random.Shuffle(shuffled);
            int count = random.Next(1, 50);

            IReadOnlyList<string>[] parts = [.. Enumerable.Range(0, count).Select(index => new Shard(index, count).Of(names))];

            Assert.Equal(names.Order(StringComparer.Ordinal), parts.SelectMany(part => part).Order(StringComparer.Ordinal));
            Assert.InRange(parts.Max(part => part.Count) - parts.Min(part => part.Count), 0, 1);
            Assert.All(parts, (part, index) => Assert.Equal(part.ToHashSet(), [.. new Shard(index, count).Of(shuffled)]));
            Assert.All(parts, part => Assert.Equal(names.Where(part.Contains), part)); // in the order given
        }
    }
}
