using System.Globalization;
using System.Text.Json.Nodes;
using Tars.Application.Auditing;
using Tars.Compliance.Audit;
using Tars.Storage.Runs;

namespace Tars.Application.Stores;

/// <summary>How the runs of a log ended, as the log says: read once, so that each run can be compared with it.</summary>
internal sealed class LoggedOutcomes
{
    private readonly Dictionary<Guid, List<(long Sequence, AuditOutcome Outcome, bool HasOutputs)>> _ofRuns = [];

    private LoggedOutcomes()
    {
    }

    /// <summary>Reads the outcomes of all runs.</summary>
    /// <exception cref="AuditLogException">The log cannot be read.</exception>
    public static LoggedOutcomes Of(AuditQuery log)
    {
        LoggedOutcomes all = new();
        foreach (AuditRecord record in log.Find(new AuditFilter { Type = AuditedAct.Run.Outcome }))
        {
            if (Guid.TryParse(record.RunId, out Guid id))
            {
                if (!all._ofRuns.TryGetValue(id, out List<(long, AuditOutcome, bool)>? outcomes))
                {
                    all._ofRuns.Add(id, outcomes = new List<(long, AuditOutcome, bool)>(1));
                }

                outcomes.Add((record.Sequence, record.Outcome, record.Data?["outputs"] is JsonArray { Count: > 0 }));
            }
        }

        return all;
    }

    /// <summary>Whether a run has an outcome.</summary>
    public bool Has(Run run) => _ofRuns.ContainsKey(run.Intent.RunId);

    /// <summary>In what its outcomes contradict each other, or a row that says that it was given up.</summary>
    public IEnumerable<string> DifferencesOf(Run run)
    {
        if (!_ofRuns.TryGetValue(run.Intent.RunId, out List<(long Sequence, AuditOutcome Outcome, bool HasOutputs)>? outcomes))
        {
            yield break;
        }

        if (outcomes.Count > 1)
        {
            yield return $"the log has {outcomes.Count.ToString(CultureInfo.InvariantCulture)} outcomes of it: lines {string.Join(", ", outcomes.Select(one => one.Sequence.ToString(CultureInfo.InvariantCulture)))}";
        }

        foreach ((long sequence, _, _) in outcomes.Where(one => run.State == RunState.Abandoned && one is { Outcome: AuditOutcome.Success, HasOutputs: true }))
        {
            yield return $"it was given up, and line {sequence.ToString(CultureInfo.InvariantCulture)} of the log says that it published";
        }
    }
}
