using Microsoft.Extensions.Time.Testing;
using Tars.Configuration.Secrets;

namespace Tars.Configuration.Tests.Secrets;

public sealed class CachedSecretsTests : IAsyncDisposable
{
    private static readonly CacheRules Rules = new(TimeSpan.FromMinutes(10), TimeSpan.FromMinutes(30));

    private readonly FakeTimeProvider _time = new();
    private readonly List<SecretNotice> _notices = [];
    private readonly ScriptedBackend _backend = new("scripted", _ => ScriptedBackend.Found("one"));
    private readonly CachedSecrets _cache;

    public CachedSecretsTests() => _cache = new CachedSecrets(_backend, Rules, _time, _notices.Add);

    public async ValueTask DisposeAsync()
    {
        await _cache.DisposeAsync();
        _backend.Dispose();
    }

    [Fact]
    public async Task FindAsync_WithinTheLifetime_AsksOnce()
    {
        Assert.Equal("one", await ValueAsync());
        _time.Advance(TimeSpan.FromMinutes(7));
        Assert.Equal("one", await ValueAsync());

        Assert.Equal(1, _backend.Questions);
    }

    [Fact]
    public async Task FindAsync_EachReader_OwnsACopy()
    {
        SecretAnswer.Found first = Assert.IsType<SecretAnswer.Found>(await _cache.FindAsync("x", TestContext.Current.CancellationToken));
        first.Value.Dispose();

        Assert.Equal("one", await ValueAsync());
    }

    // The lifetime is 10 minutes: the refresh comes between 7.5 and 9 minutes, in the background.
    [Fact]
    public async Task Refresh_BeforeTheEnd_TakesTheNewValueZeroesTheOldOneAndTells()
    {
        await ValueAsync();
        _backend.Answer = _ => ScriptedBackend.Found("two");
        _time.Advance(TimeSpan.FromMinutes(7.4));
        Assert.Equal(1, _backend.Questions);
        _time.Advance(TimeSpan.FromMinutes(1.7));

        Assert.Equal(2, _backend.Questions);
        Assert.Equal(new SecretNotice.Rotated("x", "there"), Assert.Single(_notices));
        Assert.Equal("two", await ValueAsync());
        Assert.Equal([true, false], _backend.Given.Select(ScriptedBackend.IsZeroed));
    }

    [Fact]
    public async Task Refresh_SameValue_TellsNothing()
    {
        await ValueAsync();
        AdvanceSlowly(60);

        Assert.Empty(_notices);
        Assert.InRange(_backend.Questions, 2, 9);
    }

    [Fact]
    public async Task Refresh_ManyCaches_ComeAtDifferentTimes()
    {
        HashSet<double> moments = [];
        foreach (int seed in Enumerable.Range(0, 20))
        {
            moments.Add(CacheRules.RefreshAfter(Rules.Lifetime, new Random(seed)).TotalMinutes);
        }

        Assert.InRange(moments.Min(), 7.5, 9);
        Assert.InRange(moments.Max(), 7.5, 9);
        Assert.True(moments.Count > 15);
        await Task.CompletedTask;
    }

    [Fact]
    public async Task FindAsync_BackendSetsAnEarlierEnd_IsObeyed()
    {
        _backend.Answer = _ => ScriptedBackend.Found("leased", TimeSpan.FromMinutes(1));

        SecretAnswer.Found found = Assert.IsType<SecretAnswer.Found>(await _cache.FindAsync("x", TestContext.Current.CancellationToken));
        _time.Advance(TimeSpan.FromSeconds(44));
        int before = _backend.Questions;
        _time.Advance(TimeSpan.FromSeconds(11));

        Assert.Equal(TimeSpan.FromMinutes(1), found.Lifetime);
        Assert.Equal(1, before);
        Assert.Equal(2, _backend.Questions);
    }

    [Fact]
    public async Task FindAsync_Unreachable_KeepsTheValueForTheGraceAndTellsOnce()
    {
        await ValueAsync();
        _backend.Answer = _ => ScriptedBackend.Unreachable();
        AdvanceSlowly(39);
        Assert.Equal("one", await ValueAsync());
        SecretNotice.Kept kept = Assert.IsType<SecretNotice.Kept>(Assert.Single(_notices));
        Assert.Equal("there: no connection", kept.Reason);
        Assert.InRange(kept.Remaining, TimeSpan.FromMinutes(31), TimeSpan.FromMinutes(32.5));

        AdvanceSlowly(2);

        Assert.IsType<SecretAnswer.Unreachable>(await _cache.FindAsync("x", TestContext.Current.CancellationToken));
        Assert.IsType<SecretNotice.Lost>(_notices[^1]);
        Assert.All(_backend.Given, secret => Assert.True(ScriptedBackend.IsZeroed(secret)));
    }

    [Fact]
    public async Task FindAsync_UnreachableForAWhile_IsTakenUpAgainWithoutBeingAsked()
    {
        await ValueAsync();
        _backend.Answer = _ => ScriptedBackend.Unreachable();
        AdvanceSlowly(60);
        _backend.Answer = _ => ScriptedBackend.Found("two");
        AdvanceSlowly(2);

        Assert.Equal([typeof(SecretNotice.Kept), typeof(SecretNotice.Lost), typeof(SecretNotice.Rotated)], _notices.Select(notice => notice.GetType()));
        Assert.Equal("two", await ValueAsync());
    }

    // During an outage readers are not slowed: between two tries of the background nobody asks.
    [Fact]
    public async Task FindAsync_DuringTheGrace_DoesNotAskForEveryReader()
    {
        await ValueAsync();
        _backend.Answer = _ => ScriptedBackend.Unreachable();
        AdvanceSlowly(15);
        int before = _backend.Questions;

        for (int i = 0; i < 100; i++)
        {
            Assert.Equal("one", await ValueAsync());
        }

        Assert.InRange(_backend.Questions - before, 0, 1);
    }

    [Theory]
    [InlineData("refused")]
    [InlineData("absent")]
    public async Task FindAsync_WithdrawnWhileHeld_LivesToItsEndAndNoLonger(string word)
    {
        await ValueAsync();
        _backend.Answer = _ => word == "refused" ? ScriptedBackend.Refused() : ScriptedBackend.Absent();
        AdvanceSlowly(9.5);
        Assert.Equal("one", await ValueAsync());
        Assert.IsType<SecretNotice.Kept>(Assert.Single(_notices));

        AdvanceSlowly(1);

        Assert.Equal(word, (await _cache.FindAsync("x", TestContext.Current.CancellationToken)).GetType().Name.ToLowerInvariant());
        Assert.IsType<SecretNotice.Lost>(_notices[^1]);
        Assert.All(_backend.Given, secret => Assert.True(ScriptedBackend.IsZeroed(secret)));
    }

    [Fact]
    public async Task FindAsync_NotFound_IsAskedAnew()
    {
        _backend.Answer = _ => ScriptedBackend.Absent();
        Assert.IsType<SecretAnswer.Absent>(await _cache.FindAsync("x", TestContext.Current.CancellationToken));
        _backend.Answer = _ => ScriptedBackend.Found("late");

        Assert.Equal("late", await ValueAsync());
        Assert.Empty(_notices);
    }

    [Fact]
    public async Task FindAsync_ManyAtOnce_ShareOneQuestion()
    {
        TaskCompletionSource gate = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _backend.Gate = gate.Task;
        Task<SecretAnswer>[] readers = [.. Enumerable.Range(0, 50).Select(_ => Task.Run(() => _cache.FindAsync("x", TestContext.Current.CancellationToken)))];
        using CancellationTokenSource impatient = new();
        Task<SecretAnswer> gone = _cache.FindAsync("x", impatient.Token);
        await impatient.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone);

        gate.SetResult();
        SecretAnswer[] answers = await Task.WhenAll(readers);

        Assert.Equal(1, _backend.Questions);
        Assert.All(answers, answer => Assert.Equal("one", Assert.IsType<SecretAnswer.Found>(answer).Value.Reveal()));
        Assert.Equal(50, answers.Cast<SecretAnswer.Found>().Select(found => found.Value).Distinct().Count());
    }

    // Fields of one secret change together: a notice comes when all of them are new.
    [Fact]
    public async Task Refresh_OneFieldHasANewValue_AsksForItsSiblingsBeforeItTells()
    {
        await Task.WhenAll(new[] { "db#user", "db#password", "other" }.Select(name => _cache.FindAsync(name, TestContext.Current.CancellationToken)));
        List<string> asked = [];
        _backend.Answer = name =>
        {
            asked.Add(name);
            return ScriptedBackend.Found("two");
        };

        _time.Advance(TimeSpan.FromMinutes(7.5));
        while (asked.Count == 0)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
        }

        string[] first = [.. asked];
        Assert.True(first is ["other"] || first.Order().SequenceEqual(["db#password", "db#user"]), string.Join(' ', first));
        Assert.Equal(first.Length, _notices.Count);
    }

    [Fact]
    public async Task RefreshAsync_Now_TakesUpARotatedValue()
    {
        await ValueAsync();
        _backend.Answer = _ => ScriptedBackend.Found("two");

        await _cache.RefreshAsync(TestContext.Current.CancellationToken);

        Assert.IsType<SecretNotice.Rotated>(Assert.Single(_notices));
        Assert.Equal("two", await ValueAsync());
        Assert.Equal(2, _backend.Questions);
    }

    [Fact]
    public async Task DisposeAsync_Held_ZeroesAndEndsQuestions()
    {
        await ValueAsync();
        _backend.Gate = new TaskCompletionSource().Task;
        Task<SecretAnswer> waiting = _cache.FindAsync("other", TestContext.Current.CancellationToken);

        await _cache.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => _cache.FindAsync("x", TestContext.Current.CancellationToken));
        Assert.All(_backend.Given, secret => Assert.True(ScriptedBackend.IsZeroed(secret)));
        Assert.True(_backend.IsDisposed);
    }

    // Readers while values are replaced and zeroed under them: every copy is whole.
    [Fact]
    public async Task FindAsync_WhileValuesAreReplaced_NeverSeesATornOne()
    {
        int next = 0;
        _backend.Answer = _ => ScriptedBackend.Found(new string((char)('a' + (Interlocked.Increment(ref next) % 26)), 64));
        using CancellationTokenSource end = new(TimeSpan.FromSeconds(1));
        Task<int>[] readers = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            int reads = 0;
            while (!end.IsCancellationRequested)
            {
                using Secret secret = ((SecretAnswer.Found)await _cache.FindAsync("x", TestContext.Current.CancellationToken)).Value;
                string text = secret.Reveal();
                Assert.True(text.Length == 64 && text.All(c => c == text[0] && c >= 'a'), text);
                reads++;
            }

            return reads;
        }))];
        while (!end.IsCancellationRequested)
        {
            await _cache.RefreshAsync(TestContext.Current.CancellationToken);
        }

        int[] counts = await Task.WhenAll(readers);
        Assert.All(counts, count => Assert.True(count > 0));
        Assert.True(next > 1);
    }

    // In steps, so that retries scheduled on the way take place.
    private void AdvanceSlowly(double minutes)
    {
        for (double gone = 0; gone < minutes; gone += 0.25)
        {
            _time.Advance(TimeSpan.FromMinutes(0.25));
        }
    }

    private async Task<string> ValueAsync() =>
        Assert.IsType<SecretAnswer.Found>(await _cache.FindAsync("x", TestContext.Current.CancellationToken)).Value.Reveal();
}
