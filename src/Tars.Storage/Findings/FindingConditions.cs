using System.Globalization;
using Dapper;

namespace Tars.Storage.Findings;

/// <summary>A filter as SQL over <c>findings f</c>. Values are parameters, never text.</summary>
internal static class FindingConditions
{
    /// <summary>The <c>WHERE</c> of a filter with the space before it, empty when it confines nothing, and its parameters.</summary>
    public static (string Where, DynamicParameters Parameters) Of(FindingFilter filter)
    {
        List<string> conditions = [];
        DynamicParameters parameters = new();
        Among("service", filter.Services);
        Among("metric", filter.Metrics);
        Among("kind", filter.Kinds);
        Among("severity", [.. filter.Severities.Select(severity => StoreWords.Of(severity))]);
        When("date >= @dateFrom", "dateFrom", filter.DateFrom is { } from ? StoreTime.Text(from) : null);
        When("date < @dateTo", "dateTo", filter.DateTo is { } to ? StoreTime.Text(to) : null);
        When("report_id = @reportId", "reportId", filter.ReportId);
        if (filter.Resolved is { } resolved)
        {
            conditions.Add(resolved ? "resolved IS NOT NULL" : "resolved IS NULL");
        }

        if (filter.NewestOf.Count > 0)
        {
            conditions.Add(Newest(filter.NewestOf, parameters));
        }

        return (conditions.Count == 0 ? string.Empty : $" WHERE {string.Join(" AND ", conditions)}", parameters);

        void Among(string column, IReadOnlyList<string> values)
        {
            if (values.Count > 0)
            {
                string[] names = [.. Enumerable.Range(0, values.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"{column}{i}"))];
                conditions.Add(names.Length == 1 ? $"{column} = @{names[0]}" : $"{column} IN (@{string.Join(", @", names)})");
                for (int i = 0; i < names.Length; i++)
                {
                    parameters.Add(names[i], values[i]);
                }
            }
        }

        void When(string condition, string name, object? value)
        {
            if (value is not null)
            {
                conditions.Add(condition);
                parameters.Add(name, value);
            }
        }
    }

    // r is the finding's own report, n one that outranks it, g a finding of that one. What lasts still is known as far as its report has looked.
    private static string Newest(IReadOnlyList<string> kinds, DynamicParameters parameters)
    {
        string[] names = [.. Enumerable.Range(0, kinds.Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"@rank{i}"))];
        for (int i = 0; i < names.Length; i++)
        {
            parameters.Add(names[i][1..], kinds[i]);
        }

        string Rank(string alias) => $"CASE {alias}.kind {string.Concat(names.Select((name, i) => string.Create(CultureInfo.InvariantCulture, $"WHEN {name} THEN {i} ")))}END";
        string among = $"IN ({string.Join(", ", names)})";
        return $"""
            EXISTS (
                SELECT 1 FROM reports r WHERE r.report_id = f.report_id AND r.service IS NULL AND r.kind {among} AND NOT EXISTS (
                    SELECT 1 FROM reports n WHERE n.kind {among} AND n.service IS NULL AND ({Rank("n")} < {Rank("r")} OR (n.kind = r.kind AND n.report_id > r.report_id))
                        AND n.window_to > f.started AND n.window_from <= COALESCE(f.ended, r.window_to)
                        AND ((n.window_from <= f.started AND n.window_to >= COALESCE(f.ended, r.window_to))
                            OR EXISTS (SELECT 1 FROM findings g WHERE g.report_id = n.report_id AND g.kind = f.kind AND g.service = f.service AND g.metric = f.metric
                                AND g.started <= COALESCE(f.ended, r.window_to) AND COALESCE(g.ended, n.window_to) >= f.started))))
            """;
    }
}
