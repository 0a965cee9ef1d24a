namespace Tars.Accuracy.Fleets;

/// <summary>Totals over fleets.</summary>
/// <param name="Precision">Finders over finders, reported decoys and false alarms; 1 when nothing was reported.</param>
/// <param name="Recall">Found faults over planted ones.</param>
/// <param name="DecoyRate">Decoys for which anything was reported, over all.</param>
/// <param name="FalseAlarmsPerFleet">False alarms per fleet.</param>
/// <param name="DuplicatesPerFleet">Duplicates and consequences per fleet.</param>
public sealed record FleetTotals(double Precision, double Recall, double DecoyRate, double FalseAlarmsPerFleet, double DuplicatesPerFleet)
{
    /// <summary>Adds up.</summary>
    public static FleetTotals Of(IReadOnlyList<FleetScore> scores)
    {
        double planted = scores.Sum(score => score.Faults.Count);
        double found = scores.Sum(score => score.Faults.Count(pair => pair.Event is not null));
        double decoys = scores.Sum(score => score.Decoys.Count);
        double reported = scores.Sum(score => score.Decoys.Count(pair => pair.Events.Count > 0));
        double decoyEvents = scores.Sum(score => score.Decoys.Sum(pair => pair.Events.Count));
        double alarms = scores.Sum(score => score.FalseAlarms.Count);
        return new FleetTotals(
            found + decoyEvents + alarms == 0 ? 1 : found / (found + decoyEvents + alarms),
            planted == 0 ? 1 : found / planted,
            decoys == 0 ? 0 : reported / decoys,
            alarms / scores.Count,
            scores.Sum(score => score.Duplicates.Count) / (double)scores.Count);
    }
}
