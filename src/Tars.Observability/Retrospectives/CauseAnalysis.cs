namespace Tars.Observability.Retrospectives;

/// <summary>What may be behind a finding, ranked by evidence. Timing and dependency are evidence, not proof; "unknown" is a right answer.</summary>
/// <param name="Candidates">Candidates with any evidence, the strongest first.</param>
/// <param name="IsUnknown">Whether no candidate reaches <see cref="LeastScore"/>.</param>
/// <param name="Statement">The conclusion in a sentence.</param>
public sealed record CauseAnalysis(IReadOnlyList<CandidateCause> Candidates, bool IsUnknown, string Statement)
{
    /// <summary>Evidence needed for a candidate to be called likely.</summary>
    public const double LeastScore = 0.5;

    /// <summary>Ranks candidates.</summary>
    /// <param name="candidates">Candidates in any order.</param>
    public static CauseAnalysis Of(IEnumerable<CandidateCause> candidates)
    {
        CandidateCause[] ranked = [.. candidates.OrderByDescending(c => c.Score).ThenBy(c => c.Kind).ThenBy(c => c.Description, StringComparer.Ordinal)];
        return ranked is [{ Score: >= LeastScore } best, ..]
            ? new CauseAnalysis(ranked, false, $"likely connected with {best.Description}; an association in time, not proof")
            : new CauseAnalysis(ranked, true, ranked.Length == 0 ? "unknown: nothing that was measured coincides with it" : "unknown: what coincides with it is weak evidence");
    }
}

/// <summary>Something that may be behind a finding.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Description">In words, with service and time.</param>
/// <param name="Score">Sum of the points of its evidence, in [0, 1]. An order of candidates, not a probability.</param>
/// <param name="Evidence">Each piece with its points.</param>
public sealed record CandidateCause(CauseKind Kind, string Description, double Score, IReadOnlyList<CauseEvidence> Evidence);

/// <summary>One piece of evidence.</summary>
/// <param name="Text">What was measured.</param>
/// <param name="Points">What it counts; negative when it speaks against.</param>
public sealed record CauseEvidence(string Text, double Points);

/// <summary>What a candidate is.</summary>
public enum CauseKind
{
    /// <summary>A deployment of the same service.</summary>
    Deployment,

    /// <summary>A deployment of a service it depends on.</summary>
    DependencyDeployment,

    /// <summary>Trouble of a service it depends on.</summary>
    DependencyTrouble,

    /// <summary>CPU, memory, saturation or another resource of the same service.</summary>
    Resource,

    /// <summary>Unusually many requests.</summary>
    TrafficSurge,

    /// <summary>Nodes, databases, caches that services share.</summary>
    SharedInfrastructure,

    /// <summary>The finding lies beside missing data and may be an artefact of it.</summary>
    MissingData,
}
