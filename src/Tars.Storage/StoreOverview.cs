using Tars.Storage.Databases;

namespace Tars.Storage;

/// <summary>What a store holds, in numbers.</summary>
/// <param name="Reports">Reports, by kind.</param>
/// <param name="Runs">Runs that have ended, by command and state.</param>
/// <param name="Availability">The availability of each service that the newest report with key figures measured, as a percentage; a service that was not measured is not in it.</param>
public sealed record StoreOverview(IReadOnlyList<ReportCount> Reports, IReadOnlyList<RunDurations> Runs, IReadOnlyList<ServiceAvailability> Availability)
{
    private const string RunsQuery = """
        SELECT command AS Command, state AS State, COUNT(*) AS Count, SUM(ended - started) AS Total,
            SUM(CASE WHEN ended - started <= 1000000 THEN 1 ELSE 0 END) AS B1, SUM(CASE WHEN ended - started <= 5000000 THEN 1 ELSE 0 END) AS B5,
            SUM(CASE WHEN ended - started <= 15000000 THEN 1 ELSE 0 END) AS B15, SUM(CASE WHEN ended - started <= 60000000 THEN 1 ELSE 0 END) AS B60,
            SUM(CASE WHEN ended - started <= 300000000 THEN 1 ELSE 0 END) AS B300, SUM(CASE WHEN ended - started <= 1800000000 THEN 1 ELSE 0 END) AS B1800
        FROM runs WHERE ended IS NOT NULL GROUP BY command, state ORDER BY command, state
        """;

    private const string AvailabilityQuery = """
        SELECT service AS Service, value AS Percent FROM figures
        WHERE report_id = (SELECT report_id FROM reports WHERE kind IN ('kpi', 'daily') AND service IS NULL ORDER BY date DESC, report_id DESC LIMIT 1)
            AND metric = 'availability' AND service IS NOT NULL AND region IS NULL AND state = 'measured'
        ORDER BY service
        """;

    internal static Task<StoreOverview> ReadAsync(Database database, CancellationToken cancellationToken) => database.ReadAsync(
        "count what is kept",
        async work => new StoreOverview(
            [.. (await work.QueryAsync<CountRow>("SELECT kind AS Kind, COUNT(*) AS Count, MAX(window_to) AS Newest FROM reports GROUP BY kind ORDER BY kind")).Select(row => new ReportCount(row.Kind, row.Count, StoreTime.At(row.Newest)))],
            [.. (await work.QueryAsync<RunRow>(RunsQuery)).Select(row => row.ToDurations())],
            await work.QueryAsync<ServiceAvailability>(AvailabilityQuery)),
        cancellationToken);

    private sealed class CountRow
    {
        public string Kind { get; set; } = string.Empty;

        public long Count { get; set; }

        public long Newest { get; set; }
    }

    private sealed class RunRow
    {
        public string Command { get; set; } = string.Empty;

        public string State { get; set; } = string.Empty;

        public long Count { get; set; }

        public decimal Total { get; set; }

        public long B1 { get; set; }

        public long B5 { get; set; }

        public long B15 { get; set; }

        public long B60 { get; set; }

        public long B300 { get; set; }

        public long B1800 { get; set; }

        public RunDurations ToDurations() => new(Command, State == "completed", Count, (double)Total / 1e6, [B1, B5, B15, B60, B300, B1800]);
    }
}

/// <summary>How many reports there are of a kind.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Count">How many.</param>
/// <param name="Newest">Where the newest of their windows ends, UTC.</param>
public sealed record ReportCount(string Kind, long Count, DateTimeOffset Newest);

/// <summary>How long runs of a command took.</summary>
/// <param name="Command">The command.</param>
/// <param name="IsCompleted">Whether they were completed; else they were given up.</param>
/// <param name="Count">How many.</param>
/// <param name="TotalSeconds">How long all of them took together.</param>
/// <param name="Within">How many took at most as long as the bound of the same place in <see cref="Bounds"/>.</param>
public sealed record RunDurations(string Command, bool IsCompleted, long Count, double TotalSeconds, IReadOnlyList<long> Within)
{
    /// <summary>The bounds, in seconds.</summary>
    public static IReadOnlyList<double> Bounds { get; } = [1, 5, 15, 60, 300, 1800];
}

/// <summary>A service's availability.</summary>
public sealed record ServiceAvailability
{
    /// <summary>The service.</summary>
    public string Service { get; init; } = string.Empty;

    /// <summary>The share of requests that were answered well, 0 to 100.</summary>
    public double Percent { get; init; }
}
