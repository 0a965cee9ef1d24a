namespace Tars.Application.Sealing;

/// <summary>Where timestamps come from, and what is asked of them.</summary>
/// <param name="Url">The address of an RFC 3161 authority.</param>
/// <param name="AuthorityFile">Certificates in PEM to which its timestamps must lead when they are fetched; null leaves that to whoever verifies.</param>
/// <param name="PolicyOid">The policy that it must have applied; null for any.</param>
public sealed record TimestampSettings(Uri Url, string? AuthorityFile, string? PolicyOid);
