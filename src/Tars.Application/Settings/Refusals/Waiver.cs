using Tars.Configuration.Documents;

namespace Tars.Application.Settings.Refusals;

/// <summary>A refusal of the profile <c>prod</c> that somebody waived in a file.</summary>
/// <param name="Name">The refusal's name, a key of <c>waivers</c>.</param>
/// <param name="Reason">The reason, as written.</param>
/// <param name="Origin">Where it is written.</param>
/// <param name="Refusal">What would have been refused.</param>
public sealed record Waiver(string Name, string Reason, Origin Origin, string Refusal)
{
    /// <summary>Returns <c>tars.yaml:3:8: waived tls: behind the mesh's own TLS (api.tls_enabled: is off)</c>.</summary>
    public override string ToString() => $"{Origin}: waived {Name}: {Reason} ({Refusal})";
}
