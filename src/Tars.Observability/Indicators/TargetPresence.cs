using Tars.Observability.TimeSeries;

namespace Tars.Observability.Indicators;

/// <summary>In which steps each scraped target brought any sample of an indicator.</summary>
/// <param name="steps">Steps read, lead-in included.</param>
internal sealed class TargetPresence(int steps)
{
    private readonly Dictionary<LabelSet, bool[]> _targets = [];

    /// <summary>The steps of a target, to read and to mark.</summary>
    public bool[] Of(LabelSet target)
    {
        if (!_targets.TryGetValue(target, out bool[]? presence))
        {
            presence = new bool[steps];
            _targets.Add(target, presence);
        }

        return presence;
    }

    /// <summary>The labels that name the target a series was scraped from.</summary>
    public static LabelSet TargetOf(LabelSet labels) =>
        new(labels.Where(static label => label.Key is "job" or "instance" or "pod" or "namespace" or "container"));
}
