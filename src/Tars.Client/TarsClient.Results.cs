using System.Globalization;
using System.Runtime.CompilerServices;
using Tars.Client.Requests;

namespace Tars.Client;

/// <content>Results: the period, days, anomalies, regressions, the retrospective.</content>
public sealed partial class TarsClient
{
    /// <summary>The figures of a period and whether it kept its objectives.</summary>
    /// <param name="days">The length of the period in days, one of <see cref="GeneralAvailability.AvailableDays"/>; null for the newest report.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<GeneralAvailability> GetGeneralAvailabilityAsync(int? days = null, CancellationToken cancellationToken = default) =>
        JsonAsync(Ask.Get(new QueryText("api/ga").Add("days", days?.ToString(CultureInfo.InvariantCulture)).ToString()), ClientJson.Default.GeneralAvailability, cancellationToken);

    /// <summary>One day in full.</summary>
    /// <exception cref="TarsProblemException">No report of that day is kept: <c>NOT_FOUND</c>.</exception>
    public Task<DailyDetails> GetDayAsync(DateOnly date, CancellationToken cancellationToken = default) => JsonAsync(Ask.Get($"api/daily/{QueryText.Of(date)}"), ClientJson.Default.DailyDetails, cancellationToken);

    /// <summary>One page of days.</summary>
    /// <param name="query">Which; null for all.</param>
    /// <param name="cursor">Where the page begins: <see cref="TarsPage{T}.NextCursor"/> of the one before; null for the first.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<DailyPage> GetDailyPageAsync(DailyQuery? query = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        JsonAsync(Ask.Get((query ?? new DailyQuery()).ToPath(cursor)), ClientJson.Default.DailyPage, cancellationToken);

    /// <summary>Days, page after page as they are read.</summary>
    public IAsyncEnumerable<DailySummary> GetDailyAsync(DailyQuery? query = null, CancellationToken cancellationToken = default) =>
        PagesAsync<DailyPage, DailySummary>((cursor, token) => GetDailyPageAsync(query, cursor, token), cancellationToken);

    /// <summary>One page of anomalies.</summary>
    /// <inheritdoc cref="GetDailyPageAsync"/>
    public Task<AnomalyPage> GetAnomalyPageAsync(FindingQuery? query = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        JsonAsync(Ask.Get((query ?? new FindingQuery()).ToPath("api/anomalies", "resolved", cursor)), ClientJson.Default.AnomalyPage, cancellationToken);

    /// <summary>Anomalies, page after page as they are read.</summary>
    public IAsyncEnumerable<Anomaly> GetAnomaliesAsync(FindingQuery? query = null, CancellationToken cancellationToken = default) =>
        PagesAsync<AnomalyPage, Anomaly>((cursor, token) => GetAnomalyPageAsync(query, cursor, token), cancellationToken);

    /// <summary>One page of regressions.</summary>
    /// <inheritdoc cref="GetDailyPageAsync"/>
    public Task<RegressionPage> GetRegressionPageAsync(FindingQuery? query = null, string? cursor = null, CancellationToken cancellationToken = default) =>
        JsonAsync(Ask.Get((query ?? new FindingQuery()).ToPath("api/regressions", "mitigated", cursor)), ClientJson.Default.RegressionPage, cancellationToken);

    /// <summary>Regressions, page after page as they are read.</summary>
    public IAsyncEnumerable<Regression> GetRegressionsAsync(FindingQuery? query = null, CancellationToken cancellationToken = default) =>
        PagesAsync<RegressionPage, Regression>((cursor, token) => GetRegressionPageAsync(query, cursor, token), cancellationToken);

    /// <summary>The newest retrospective.</summary>
    public Task<Retrospective> GetRetrospectiveAsync(CancellationToken cancellationToken = default) => JsonAsync(Ask.Get("api/retrospective"), ClientJson.Default.Retrospective, cancellationToken);

    private static async IAsyncEnumerable<T> PagesAsync<TPage, T>(Func<string?, CancellationToken, Task<TPage>> get, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TPage : TarsPage<T>
    {
        string? cursor = null;
        do
        {
            TPage page = await get(cursor, cancellationToken).ConfigureAwait(false);
            foreach (T item in page.Items)
            {
                yield return item;
            }

            cursor = page.NextCursor;
        }
        while (cursor is not null);
    }
}
