using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests.Secrets;

public sealed class SecretChainTests
{
    [Theory]
    [InlineData("found found", false, false, "first", 1)]
    [InlineData("absent found", false, false, "second", 2)]
    [InlineData("absent absent", false, false, "absent", 2)]
    [InlineData("refused found", false, false, "refused", 1)]
    [InlineData("refused found", true, false, "second", 2)]
    [InlineData("refused found", false, true, "refused", 1)]
    [InlineData("unreachable found", false, false, "unreachable", 1)]
    [InlineData("unreachable found", false, true, "second", 2)]
    [InlineData("unreachable found", true, false, "unreachable", 1)]
    [InlineData("absent refused", false, false, "refused", 2)]
    [InlineData("unreachable absent", false, true, "unreachable", 2)]
    [InlineData("refused unreachable", true, true, "refused", 2)]
    [InlineData("unreachable refused", true, true, "unreachable", 2)]
    public async Task FindAsync_TwoBackends_AnswersAsTheRulesSay(string answers, bool onRefused, bool onUnreachable, string expected, int asked)
    {
        string[] words = answers.Split(' ');
        ScriptedBackend first = new("one", _ => Answer(words[0], "first"));
        ScriptedBackend second = new("two", _ => Answer(words[1], "second"));
        List<SecretNotice> notices = [];
        await using SecretChain chain = new([first, second], new ChainRules(onRefused, onUnreachable), notices.Add);

        SecretAnswer answer = await chain.FindAsync("name", TestContext.Current.CancellationToken);

        Assert.Equal(expected, answer is SecretAnswer.Found found ? found.Value.Reveal() : answer.GetType().Name.ToLowerInvariant());
        Assert.Equal(asked, first.Questions + second.Questions);
        Assert.Equal(answers.Split(' ').Take(asked).Count(word => (word == "refused" && onRefused) || (word == "unreachable" && onUnreachable)), notices.Count);
    }

    [Fact]
    public async Task FindAsync_AbsentEverywhere_NamesEveryPlace()
    {
        await using SecretChain chain = new(
            [new ScriptedBackend("a", _ => new SecretAnswer.Absent("place one")), new ScriptedBackend("b", _ => new SecretAnswer.Absent("place two"))], new ChainRules());

        SecretAnswer answer = await chain.FindAsync("x", TestContext.Current.CancellationToken);

        Assert.Equal(new SecretAnswer.Absent("place one; place two"), answer);
        Assert.Equal("a, then b", chain.Name);
    }

    [Fact]
    public async Task DisposeAsync_Chain_DisposesItsBackends()
    {
        ScriptedBackend[] backends = [new("a", _ => ScriptedBackend.Absent()), new("b", _ => ScriptedBackend.Absent())];

        await new SecretChain(backends, new ChainRules()).DisposeAsync();

        Assert.All(backends, backend => Assert.True(backend.IsDisposed));
    }

    [Fact]
    public void Constructor_NoBackend_IsRefused() => Assert.Throws<ArgumentException>(() => new SecretChain([], new ChainRules()));

    private static SecretAnswer Answer(string word, string value) => word switch
    {
        "found" => ScriptedBackend.Found(value),
        "absent" => ScriptedBackend.Absent(),
        "refused" => ScriptedBackend.Refused(),
        _ => ScriptedBackend.Unreachable(),
    };
}
