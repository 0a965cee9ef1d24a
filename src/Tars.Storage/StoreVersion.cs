namespace Tars.Storage;

/// <summary>What changes whenever reports or resolutions of findings do: two that are equal mean that the same is kept.</summary>
/// <param name="LastReport">The number of the newest report; 0 when there is none.</param>
/// <param name="Reports">How many reports there are.</param>
/// <param name="Resolved">How many findings somebody has dealt with.</param>
/// <param name="LastResolved">When the last of those was dealt with, microseconds; 0 when none was.</param>
public sealed record StoreVersion(long LastReport, long Reports, long Resolved, long LastResolved);
