using System.Globalization;

namespace Tars.Observability.Indicators;

/// <summary>Finds deployments in series: a version label that changes its value, or a gauge that does.</summary>
internal static class DeploymentReading
{
    /// <summary>Reads the deployments of one service, those in the lead-in left out.</summary>
    public static async Task<IReadOnlyList<VersionChange>> ReadAsync(QueryReader reader, PlannedQuery query, CancellationToken cancellationToken)
    {
        Dictionary<string, int[]> presence = new(StringComparer.Ordinal);
        int steps = reader.Plan.ReadGrid.Count;
        await reader.ReadAsync(query, "max", (_, labels, values) =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                string? version = double.IsNaN(values[i]) ? null
                    : reader.Plan.Request.Deployments is DeploymentEvidence.VersionLabel evidence ? labels[evidence.Label]
                    : values[i].ToString("R", CultureInfo.InvariantCulture);
                if (version is not null)
                {
                    PresenceOf(presence, version, steps)[i]++;
                }
            }
        }, cancellationToken).ConfigureAwait(false);
        return [.. Changes(query.Service, presence, reader.Plan)];
    }

    private static IEnumerable<VersionChange> Changes(string service, Dictionary<string, int[]> presence, QueryPlan plan)
    {
        foreach ((string version, int[] counts) in presence)
        {
            int first = Array.FindIndex(counts, count => count > 0);
            string? before = presence
                .Where(other => other.Key != version)
                .Select(other => (other.Key, Last: Array.FindLastIndex(other.Value, Math.Max(0, first - 1), count => count > 0)))
                .Where(other => first > 0 && other.Last >= 0)
                .OrderByDescending(other => other.Last)
                .ThenBy(other => other.Key, StringComparer.Ordinal)
                .Select(other => other.Key)
                .FirstOrDefault();
            if (before is not null && first >= plan.LeadIn)
            {
                yield return new VersionChange(service, plan.ReadGrid.TimeOf(first), before, version);
            }
        }
    }

    private static int[] PresenceOf(Dictionary<string, int[]> presence, string version, int steps)
    {
        if (!presence.TryGetValue(version, out int[]? counts))
        {
            counts = new int[steps];
            presence.Add(version, counts);
        }

        return counts;
    }
}
