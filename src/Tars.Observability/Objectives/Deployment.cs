namespace Tars.Observability.Objectives;

/// <summary>A deployment: written down by an operator, or seen in the data.</summary>
/// <param name="Service">The service.</param>
/// <param name="Time">When it took effect, UTC.</param>
/// <param name="Version">The version deployed, or a description.</param>
/// <param name="PreviousVersion">The version before, or null when unknown.</param>
/// <param name="Evidence">How it is known: <c>configuration</c>, <c>version label</c>, <c>change query</c>.</param>
public sealed record Deployment(string Service, DateTimeOffset Time, string Version, string? PreviousVersion, string Evidence);
