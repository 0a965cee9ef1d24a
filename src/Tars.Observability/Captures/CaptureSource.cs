using System.Collections.Concurrent;
using System.Collections.Frozen;
using Tars.Observability.TimeSeries;

namespace Tars.Observability.Captures;

/// <summary>
/// A capture as a source: it answers the queries it holds, for any window inside its grid, with the numbers the backend gave. The
/// manifest is checked when the capture is opened, each file against its digest before the first value of it is handed out. Safe for
/// concurrent use.
/// </summary>
public sealed class CaptureSource : ISeriesSource
{
    private const long LargestManifest = 256L << 20;

    private readonly string _directory;
    private readonly FrozenDictionary<string, CapturedQuery> _queries;
    private readonly SourceDescription _description;
    private readonly ConcurrentDictionary<string, Lazy<Task<string>>> _digests = new(StringComparer.Ordinal);

    private CaptureSource(string directory, CaptureManifest manifest, byte[] digests)
    {
        (_directory, Manifest, DigestList) = (directory, manifest, digests);
        Grid = manifest.Grid.ToGrid();
        _description = manifest.Source.ToDescription();
        _queries = manifest.Queries.ToFrozenDictionary(query => query.Text, StringComparer.Ordinal);
    }

    /// <summary>What the capture holds.</summary>
    public CaptureManifest Manifest { get; }

    /// <summary>The bytes of <c>SHA256SUMS</c>: their digest names the whole capture.</summary>
    public ReadOnlyMemory<byte> DigestList { get; }

    /// <summary>The grid of every answer.</summary>
    public TimeGrid Grid { get; }

    /// <summary>Opens a complete capture.</summary>
    /// <exception cref="SeriesSourceException">There is none, it is not complete, or its manifest is damaged; the message names the file.</exception>
    public static async Task<CaptureSource> OpenAsync(string directory, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrEmpty(directory);
        string path = Path.Combine(directory, CaptureLayout.Manifest);
        if (!File.Exists(path))
        {
            throw File.Exists(Path.Combine(directory, CaptureLayout.Journal))
                ? new SeriesSourceException(SourceFailure.Backend, $"{directory}: the capture is not complete", hint: "run the same capture again; it goes on where it stopped")
                : new SeriesSourceException(SourceFailure.Backend, $"{directory}: no capture is there ({CaptureLayout.Manifest} is missing)", hint: "make one with tars capture");
        }

        try
        {
            if (new FileInfo(path).Length > LargestManifest)
            {
                throw new InvalidDataException("it is larger than any manifest");
            }

            byte[] json = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            CaptureManifest manifest = CaptureManifest.FromJson(json);
            string digests = Path.Combine(directory, CaptureLayout.Digests);
            byte[] list = await File.ReadAllBytesAsync(digests, cancellationToken).ConfigureAwait(false);
            return CaptureDigests.Agree(System.Text.Encoding.UTF8.GetString(list), manifest, json)
                ? new CaptureSource(directory, manifest, list)
                : throw new InvalidDataException($"it does not agree with {CaptureLayout.Digests}");
        }
        catch (Exception exception) when (exception is InvalidDataException or ArgumentException)
        {
            throw CaptureLayout.Damaged(path, exception.Message, exception);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CaptureLayout.Failed(path, exception);
        }
    }

    /// <inheritdoc/>
    public Task<SourceDescription> DescribeAsync(CancellationToken cancellationToken) => Task.FromResult(_description);

    /// <inheritdoc/>
    /// <remarks>Always null: which form of a query was sent was decided when the capture was made.</remarks>
    public Task<long?> CountSeriesAsync(string selector, TimeWindow window, CancellationToken cancellationToken) => Task.FromResult<long?>(null);

    /// <inheritdoc/>
    public async Task<QueryAnswer> ReadAsync(RangeQuery query, SeriesConsumer consumer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(consumer);
        (int Start, int Length) steps = StepsOf(query);
        if (!_queries.TryGetValue(query.Text, out CapturedQuery? captured))
        {
            throw new SeriesSourceException(
                SourceFailure.NotCaptured,
                $"{_directory} holds no answer to the query {query.Text}",
                query.Text,
                "capture again with this configuration: queries that are there are kept, missing ones are added");
        }

        if (captured.Failure is { } failure)
        {
            throw new SeriesSourceException(SourceFailure.Query, failure, query.Text);
        }

        if (captured.File is null)
        {
            return new QueryAnswer(0, 0, captured.Warnings);
        }

        string path = Path.Combine(_directory, captured.File);
        await VerifyAsync(path, captured).ConfigureAwait(false);
        return await AnswerFile.ReadAsync(path, captured, Grid.Count, steps, consumer, cancellationToken).ConfigureAwait(false);
    }

    private (int Start, int Length) StepsOf(RangeQuery query)
    {
        TimeGrid asked = query.Grid;
        TimeSpan offset = asked.Start - Grid.Start;
        if (asked.Step != Grid.Step || offset < TimeSpan.Zero || offset.Ticks % Grid.Step.Ticks != 0 || asked.End > Grid.End)
        {
            throw new SeriesSourceException(
                SourceFailure.NotCaptured,
                $"{_directory} covers {Grid.Window} in steps of {PromQl.Duration(Grid.Step)}; asked for is {asked.Window} in steps of {PromQl.Duration(asked.Step)}",
                query.Text,
                "ask for a window inside the capture (a lead-in before it is read too) with the same step, or capture again");
        }

        return ((int)(offset.Ticks / Grid.Step.Ticks), asked.Count);
    }

    /// <summary>Digests a file once, however many queries at once ask for it.</summary>
    private async Task VerifyAsync(string path, CapturedQuery captured)
    {
        if (captured.File != CaptureLayout.FileOf(captured.Text))
        {
            throw CaptureLayout.Damaged(Path.Combine(_directory, CaptureLayout.Manifest), $"the file of {captured.Text} is not named after its query");
        }

        string digest;
        try
        {
            digest = await _digests.GetOrAdd(path, file => new(() => CaptureLayout.DigestAsync(file, CancellationToken.None))).Value.ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw CaptureLayout.Failed(path, exception);
        }

        if (digest != captured.Sha256)
        {
            throw CaptureLayout.Damaged(path, $"its SHA-256 is {digest}, not {captured.Sha256} as the manifest says");
        }
    }
}
