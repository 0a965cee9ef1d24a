using Tars.Storage.BlobIndex;
using Tars.Storage.Databases;
using Tars.Storage.Reports;

namespace Tars.Storage.Captures;

/// <summary>A capture that reports rest on.</summary>
/// <param name="Digest">SHA-256 of its manifest, 64 lower-case hexadecimal digits.</param>
/// <param name="Source">What it was taken from, without address: application and version.</param>
/// <param name="Window">The window its grid covers.</param>
/// <param name="Step">The step of its grid, whole milliseconds.</param>
public sealed record StoredCapture(string Digest, string Source, StoredWindow Window, TimeSpan Step)
{
    /// <summary>The run that made it; null when it came from elsewhere.</summary>
    public Guid? RunId { get; init; }

    /// <summary>The stored bytes; null when the capture is not in the blob store.</summary>
    public BlobReference? Blob { get; init; }

    /// <summary>A folder or address where it lies; null when it is in the blob store alone.</summary>
    public string? Location { get; init; }
}

/// <summary>Captures, found by window.</summary>
public sealed class CaptureIndex
{
    private const string Columns = """
        capture_id AS Digest, run_id AS RunId, source AS Source, window_from AS WindowFrom, window_to AS WindowTo, step_milliseconds AS Step, blob_digest AS BlobDigest,
        (SELECT size FROM blobs WHERE digest = blob_digest) AS Size, location AS Location
        """;

    private readonly Database _database;
    private readonly TimeProvider _time;

    internal CaptureIndex(Database database, TimeProvider time) => (_database, _time) = (database, time);

    /// <summary>Keeps a capture. The same one twice is one row.</summary>
    /// <returns>Whether it is new.</returns>
    public Task<bool> AddAsync(StoredCapture capture, CancellationToken cancellationToken)
    {
        StoreDigest.Require(capture.Digest, nameof(capture));
        return _database.WriteAsync(
            "keep a capture",
            async work =>
            {
                long now = StoreTime.Of(_time.GetUtcNow());
                await BlobRecords.RegisterAsync(work, capture.Blob is null ? [] : [capture.Blob], now);
                return await work.ExecuteAsync(
                    """
                    INSERT INTO captures (capture_id, run_id, source, window_from, window_to, step_milliseconds, blob_digest, location, created)
                    VALUES (@Digest, @run, @Source, @from, @to, @step, @blob, @Location, @now) ON CONFLICT (capture_id) DO NOTHING
                    """,
                    new
                    {
                        capture.Digest,
                        run = capture.RunId?.ToString(),
                        capture.Source,
                        from = StoreTime.Of(capture.Window.From),
                        to = StoreTime.Of(capture.Window.To),
                        step = (long)capture.Step.TotalMilliseconds,
                        blob = capture.Blob?.Digest,
                        capture.Location,
                        now,
                    }) == 1;
            },
            cancellationToken);
    }

    /// <summary>A capture by the digest of its manifest, or null.</summary>
    public Task<StoredCapture?> FindAsync(string digest, CancellationToken cancellationToken) => _database.ReadAsync(
        "find a capture",
        async work => (await work.FirstAsync<Row>($"SELECT {Columns} FROM captures WHERE capture_id = @digest", new { digest }))?.ToCapture(),
        cancellationToken);

    /// <summary>Captures whose grid covers a whole window, the one that was kept last first.</summary>
    public Task<IReadOnlyList<StoredCapture>> CoveringAsync(StoredWindow window, CancellationToken cancellationToken) => _database.ReadAsync(
        "find captures",
        async work => (IReadOnlyList<StoredCapture>)
        [
            .. (await work.QueryAsync<Row>(
                $"SELECT {Columns} FROM captures WHERE window_from <= @from AND window_to >= @to ORDER BY created DESC, capture_id",
                new { from = StoreTime.Of(window.From), to = StoreTime.Of(window.To) })).Select(row => row.ToCapture()),
        ],
        cancellationToken);

    private sealed record Row(string Digest, string? RunId, string Source, long WindowFrom, long WindowTo, long Step, string? BlobDigest, long? Size, string? Location)
    {
        public StoredCapture ToCapture() => new(Digest, Source, StoredWindow.At(WindowFrom, WindowTo), TimeSpan.FromMilliseconds(Step))
        {
            RunId = RunId is null ? null : Guid.Parse(RunId),
            Blob = BlobDigest is null ? null : new BlobReference(BlobDigest, Size ?? 0),
            Location = Location,
        };
    }
}
