using System.Security.Cryptography;
using NJsonSchema;
using Tars.Observability.Captures;
using Tars.Observability.TimeSeries;
using Tars.TestKit;

namespace Tars.Observability.Tests.Captures;

public sealed class CaptureTests : IDisposable
{
    private static readonly SourceDescription Source = new("Prometheus", "2.42.0", RangeBoundary.Closed, false);
    private static readonly TimeGrid Grid = new(new DateTimeOffset(2026, 3, 1, 0, 0, 0, TimeSpan.Zero), TimeSpan.FromMinutes(1), 50);

    private readonly TemporaryDirectory _folder = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Directory => _folder.Combine("capture");

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    [InlineData(37)]
    public async Task Read_WholeGrid_IsBitForBitWhatTheBackendGave(int seriesCount)
    {
        IReadOnlyList<(LabelSet, double[])> series = Random(seriesCount);
        MemorySource backend = new MemorySource(Source).With("q", series, "a warning");
        await CaptureAsync(backend, "q");
        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        Dictionary<LabelSet, double[]> read = await ReadAsync(capture, "q", Grid);
        Assert.Equal(series.Count, read.Count);
        foreach ((LabelSet labels, double[] values) in series)
        {
            Assert.Equal(values.Select(BitConverter.DoubleToInt64Bits), read[labels].Select(BitConverter.DoubleToInt64Bits));
        }

        QueryAnswer answer = await capture.ReadAsync(new RangeQuery("q", Grid), (_, _) => { }, Cancellation);
        Assert.Equal(["a warning"], answer.Warnings);
        Assert.Equal(Source, await capture.DescribeAsync(Cancellation));
        Assert.Null(await capture.CountSeriesAsync("x", Grid.Window, Cancellation));
    }

    [Fact]
    public async Task Read_WindowInside_IsThatPartWithoutSeriesThatHaveNothingThere()
    {
        double[] early = [.. Enumerable.Range(0, 50).Select(i => i < 10 ? i : double.NaN)];
        double[] late = [.. Enumerable.Range(0, 50).Select(i => i < 20 ? double.NaN : i)];
        await CaptureAsync(new MemorySource(Source).With("q", [(Labels(0), early), (Labels(1), late)]), "q");
        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        Dictionary<LabelSet, double[]> read = await ReadAsync(capture, "q", new TimeGrid(Grid.TimeOf(15), Grid.Step, 7));
        Assert.Equal([double.NaN, double.NaN, double.NaN, double.NaN, double.NaN, 20, 21], Assert.Single(read).Value);
    }

    [Theory]
    [InlineData(-1, 60, 10)]
    [InlineData(45, 60, 6)]
    [InlineData(0, 120, 5)]
    [InlineData(0, 30, 5)]
    public async Task Read_WindowNotInside_IsNotCaptured(int from, int stepSeconds, int count)
    {
        await CaptureAsync(new MemorySource(Source).With("q", Random(1)), "q");
        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(
            () => ReadAsync(capture, "q", new TimeGrid(Grid.TimeOf(from), TimeSpan.FromSeconds(stepSeconds), count)));
        Assert.Equal(SourceFailure.NotCaptured, failure.Failure);
        Assert.Contains("covers 2026-03-01T00:00:00Z/2026-03-01T00:50:00Z in steps of 1m; asked for is ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_OtherPhase_IsNotCaptured()
    {
        await CaptureAsync(new MemorySource(Source).With("q", Random(1)), "q");
        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(
            () => ReadAsync(capture, "q", new TimeGrid(Grid.Start.AddSeconds(30), Grid.Step, 5)));
        Assert.Equal(SourceFailure.NotCaptured, failure.Failure);
    }

    [Fact]
    public async Task Read_OtherQuery_IsNotCapturedAndNamesIt()
    {
        await CaptureAsync(new MemorySource(Source).With("q", Random(1)), "q");
        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(() => ReadAsync(capture, "up", Grid));
        Assert.Equal((SourceFailure.NotCaptured, "up"), (failure.Failure, failure.Query));
        Assert.EndsWith("holds no answer to the query up", failure.Message, StringComparison.Ordinal);
        Assert.StartsWith("capture again with this configuration", failure.Hint, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Read_EmptyAndFailedAnswers_AreRepeated()
    {
        MemorySource backend = new MemorySource(Source).With("empty", [], "w").WithFailure("bad", "parse error: unclosed left parenthesis");
        using (CaptureWriter writer = CaptureWriter.Open(Directory, Source, Grid, "test"))
        {
            CapturingSource capturing = new(backend, writer);
            Assert.Empty(await ReadAsync(capturing, "empty", Grid));
            await Assert.ThrowsAsync<SeriesSourceException>(() => ReadAsync(capturing, "bad", Grid));
            writer.Complete();
        }

        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        QueryAnswer empty = await capture.ReadAsync(new RangeQuery("empty", Grid), (_, _) => { }, Cancellation);
        Assert.Equal((0, 0, "w"), (empty.SeriesCount, empty.PointCount, Assert.Single(empty.Warnings)));
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(() => ReadAsync(capture, "bad", Grid));
        Assert.Equal((SourceFailure.Query, "parse error: unclosed left parenthesis", "bad"), (failure.Failure, failure.Message, failure.Query));
    }

    [Fact]
    public async Task Open_AnyByteOfAnyFileChanged_IsDetectedWithTheFilesName()
    {
        await CaptureAsync(new MemorySource(Source).With("q", Random(3)).With("empty", []), "q", "empty");
        Random random = new(Seeds.Draw());
        foreach (string path in System.IO.Directory.GetFiles(Directory))
        {
            byte[] original = await File.ReadAllBytesAsync(path, Cancellation);
            for (int i = 0; i < 150; i++)
            {
                byte[] changed = [.. original];
                changed[random.Next(changed.Length)] ^= (byte)(1 << random.Next(8));
                await CheckDetectedAsync(path, changed);
            }

            await CheckDetectedAsync(path, original[..^1]);
            await CheckDetectedAsync(path, [.. original, 0]);
            await CheckDetectedAsync(path, []);
            await File.WriteAllBytesAsync(path, original, Cancellation);
        }

        Assert.NotEmpty(await ReadAsync(await CaptureSource.OpenAsync(Directory, Cancellation), "q", Grid));
    }

    [Fact]
    public async Task Open_FileMissing_SaysWhich()
    {
        await CaptureAsync(new MemorySource(Source).With("q", Random(3)), "q");
        string file = System.IO.Directory.GetFiles(Directory, "*.parquet").Single();
        File.Delete(file);
        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(() => ReadAsync(capture, "q", Grid));
        Assert.Equal(SourceFailure.Backend, failure.Failure);
        Assert.Contains(file, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capture_Interrupted_GoesOnWhereItStopped()
    {
        IReadOnlyList<(LabelSet, double[])> first = Random(12);
        IReadOnlyList<(LabelSet, double[])> second = Random(25);
        MemorySource backend = new MemorySource(Source).With("a", first).With("b", second);
        using (CaptureWriter writer = CaptureWriter.Open(Directory, Source, Grid, "test"))
        {
            CapturingSource capturing = new(backend, writer);
            await ReadAsync(capturing, "a", Grid);
            backend.AfterSeries = i => _ = i == 20 ? throw new OperationCanceledException() : false;
            await Assert.ThrowsAsync<OperationCanceledException>(() => ReadAsync(capturing, "b", Grid));
        }

        // As a kill leaves it: a torn last line of the journal and a file that was being written.
        await File.AppendAllTextAsync(Path.Combine(Directory, "capture.journal"), "{\"text\":\"b\",\"fi", Cancellation);
        await File.WriteAllTextAsync(Path.Combine(Directory, "0.parquet.tmp"), "half", Cancellation);
        SeriesSourceException incomplete = await Assert.ThrowsAsync<SeriesSourceException>(() => CaptureSource.OpenAsync(Directory, Cancellation));
        Assert.EndsWith("the capture is not complete", incomplete.Message, StringComparison.Ordinal);

        backend.AfterSeries = null;
        backend.Asked.Clear();
        using (CaptureWriter writer = CaptureWriter.Open(Directory, Source, Grid, "test"))
        {
            Assert.Equal(1, writer.AnsweredCount);
            CapturingSource capturing = new(backend, writer);
            Assert.Equal(12, (await ReadAsync(capturing, "a", Grid)).Count);
            Assert.Equal(25, (await ReadAsync(capturing, "b", Grid)).Count);
            writer.Complete();
        }

        Assert.Equal(["b"], backend.Asked);
        CaptureSource capture = await CaptureSource.OpenAsync(Directory, Cancellation);
        Assert.Equal(first.Select(s => s.Item2), (await ReadAsync(capture, "a", Grid)).Values);
        Assert.Equal(4, System.IO.Directory.GetFiles(Directory).Length);
    }

    [Fact]
    public async Task Capture_CompleteAndOpenedAgain_TakesMoreQueries()
    {
        MemorySource backend = new MemorySource(Source).With("a", Random(2)).With("b", Random(3));
        await CaptureAsync(backend, "a");
        await CaptureAsync(backend, "a", "b");
        Assert.Equal(["a", "b"], backend.Asked);
        Assert.Equal(["a", "b"], (await CaptureSource.OpenAsync(Directory, Cancellation)).Manifest.Queries.Select(query => query.Text));
    }

    [Fact]
    public async Task Open_CaptureOfAnotherGrid_IsRefused()
    {
        await CaptureAsync(new MemorySource(Source).With("a", Random(2)), "a");
        SeriesSourceException failure = Assert.Throws<SeriesSourceException>(() => CaptureWriter.Open(Directory, Source, Grid with { Count = 51 }, "test"));
        Assert.Contains("belongs to a capture of Prometheus 2.42.0, 2026-03-01T00:00:00Z/2026-03-01T00:50:00Z, step 1m", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DirectoryWithOtherFiles_IsRefused()
    {
        _folder.WriteText("capture/holiday.jpg", "x");
        Assert.Contains("holiday.jpg", Assert.Throws<SeriesSourceException>(() => CaptureWriter.Open(Directory, Source, Grid, "test")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Capture_SameAnswers_GiveTheSameBytes()
    {
        IReadOnlyList<(LabelSet, double[])> series = Random(15);
        await CaptureAsync(new MemorySource(Source).With("q", series), "q");
        Dictionary<string, string> first = Digests();
        System.IO.Directory.Delete(Directory, recursive: true);
        await CaptureAsync(new MemorySource(Source).With("q", series), "q");
        Assert.Equal(first, Digests());
    }

    [Fact]
    public async Task Capture_Digests_AreWhatSha256sumChecks()
    {
        await CaptureAsync(new MemorySource(Source).With("q", Random(15)).With("r", Random(2)), "q", "r");
        CommandResult result = await new CommandLine(Executables.Require("sha256sum"), "-c", "SHA256SUMS") { WorkingDirectory = Directory }.RunAsync(Cancellation);
        Assert.Equal(0, result.ExitCode);
    }

    [Fact]
    public async Task Manifest_Written_MatchesItsSchema()
    {
        MemorySource backend = new MemorySource(Source).With("q", Random(3), "w").With("empty", []).WithFailure("bad", "refused");
        using (CaptureWriter writer = CaptureWriter.Open(Directory, Source, Grid, "test"))
        {
            CapturingSource capturing = new(backend, writer);
            await ReadAsync(capturing, "q", Grid);
            await ReadAsync(capturing, "empty", Grid);
            await Assert.ThrowsAsync<SeriesSourceException>(() => ReadAsync(capturing, "bad", Grid));
            writer.Complete();
        }

        JsonSchema schema = await JsonSchema.FromFileAsync(RepositoryRoot.PathOf("schemas/capture-manifest.schema.json"), Cancellation);
        string manifest = await File.ReadAllTextAsync(Path.Combine(Directory, "manifest.json"), Cancellation);
        Assert.Empty(schema.Validate(manifest));
        Assert.NotEmpty(schema.Validate(manifest.Replace("\"closed\"", "\"ajar\"", StringComparison.Ordinal)));
    }

    private static LabelSet Labels(int i) => new([new("__name__", "m"), new("i", $"\"{i}\"\\é\n")]);

    private static IReadOnlyList<(LabelSet, double[])> Random(int count)
    {
        Random random = new(count);
        return [.. Enumerable.Range(0, count).Select(i => (Labels(i), Enumerable.Range(0, Grid.Count)
            .Select(_ => random.Next(4) == 0 ? double.NaN : random.Next(9) == 0 ? double.NegativeInfinity : (random.NextDouble() - 0.5) * 1e9).ToArray()))];
    }

    private static async Task<Dictionary<LabelSet, double[]>> ReadAsync(ISeriesSource source, string text, TimeGrid grid)
    {
        Dictionary<LabelSet, double[]> read = [];
        await source.ReadAsync(new RangeQuery(text, grid), (labels, values) => read.Add(labels, values.ToArray()), Cancellation);
        return read;
    }

    private async Task CaptureAsync(MemorySource backend, params string[] queries)
    {
        using CaptureWriter writer = CaptureWriter.Open(Directory, Source, Grid, "test");
        CapturingSource capturing = new(backend, writer);
        foreach (string query in queries)
        {
            await ReadAsync(capturing, query, Grid);
        }

        writer.Complete();
    }

    private async Task CheckDetectedAsync(string path, byte[] changed)
    {
        await File.WriteAllBytesAsync(path, changed, Cancellation);
        SeriesSourceException failure = await Assert.ThrowsAsync<SeriesSourceException>(async () => await ReadAsync(await CaptureSource.OpenAsync(Directory, Cancellation), "q", Grid));
        Assert.Equal(SourceFailure.Backend, failure.Failure);
        Assert.True(failure.Message.Contains(Path.GetFileName(path), StringComparison.Ordinal), failure.Message);
    }

    private Dictionary<string, string> Digests() => System.IO.Directory.GetFiles(Directory)
        .ToDictionary(path => Path.GetFileName(path), path => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path))));
}
