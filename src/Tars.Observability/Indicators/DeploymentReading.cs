using System.Globalization;

namespace Tars.Observability.Indicators;

/// <summary>Finds deployments in series: a version label that changes its value, or a gauge that does.</summary>
internal static class DeploymentReading
{
    /// <summary>How long a roll-out takes at most, as far as a version label tells; two changes closer than this are one deployment later on.</summary>
    private static readonly TimeSpan RollOut = TimeSpan.FromMinutes(15);

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
        int span = Math.Max(2, (int)Math.Ceiling(RollOut / plan.Grid.Step));
        return new VersionRuns(presence, span).Changes()
            .Where(change => change.Step >= plan.LeadIn)
            .Select(change => new VersionChange(service, plan.ReadGrid.TimeOf(change.Step), change.From, change.To));
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
