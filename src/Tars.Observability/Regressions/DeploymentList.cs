using Tars.Observability.Indicators;
using Tars.Observability.Objectives;

namespace Tars.Observability.Regressions;

/// <summary>A deployment and the same one as other sources saw it.</summary>
/// <param name="Deployment">The one reported.</param>
/// <param name="AlsoKnownAs">The others.</param>
internal sealed record KnownDeployment(Deployment Deployment, IReadOnlyList<Deployment> AlsoKnownAs);

/// <summary>The deployments of all services, from configuration and data, each once.</summary>
internal static class DeploymentList
{
    /// <summary>Two notes of a deployment of one service this close are one deployment: a roll-out takes its time.</summary>
    public static readonly TimeSpan SameWithin = TimeSpan.FromMinutes(15);

    /// <summary>What the data say is the earlier version is kept where the configuration does not know it; the earliest time counts.</summary>
    /// <returns>By time, then service.</returns>
    public static IReadOnlyList<KnownDeployment> Of(SeriesSet set, AnalysisSettings settings)
    {
        IEnumerable<Deployment> seen = set.VersionChanges.Select(change =>
            new Deployment(change.Service, change.Time, change.To, change.From, "version label"));
        List<KnownDeployment> known = [];
        foreach (IGrouping<string, Deployment> service in settings.Deployments.Concat(seen).GroupBy(deployment => deployment.Service))
        {
            List<Deployment> cluster = [];
            foreach (Deployment deployment in service.OrderBy(deployment => deployment.Time).ThenBy(deployment => deployment.Evidence, StringComparer.Ordinal))
            {
                if (cluster.Count > 0 && deployment.Time - cluster[^1].Time > SameWithin)
                {
                    known.Add(Merged(cluster));
                    cluster = [];
                }

                cluster.Add(deployment);
            }

            known.Add(Merged(cluster));
        }

        return [.. known.OrderBy(k => k.Deployment.Time).ThenBy(k => k.Deployment.Service, StringComparer.Ordinal)];
    }

    private static KnownDeployment Merged(List<Deployment> cluster)
    {
        Deployment chosen = cluster.FirstOrDefault(deployment => deployment.Evidence == "configuration") ?? cluster[0];
        Deployment merged = chosen with
        {
            Time = cluster[0].Time,
            PreviousVersion = chosen.PreviousVersion ?? cluster.Select(deployment => deployment.PreviousVersion).FirstOrDefault(version => version is not null),
        };
        return new KnownDeployment(merged, [.. cluster.Where(deployment => !ReferenceEquals(deployment, chosen))]);
    }
}
