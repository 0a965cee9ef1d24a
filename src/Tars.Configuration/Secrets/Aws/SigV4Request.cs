namespace Tars.Configuration.Secrets.Aws;

/// <summary>What of a request Signature Version 4 covers.</summary>
/// <param name="Method">The method, in upper case.</param>
/// <param name="Path">The path as it is sent; empty is <c>/</c>.</param>
/// <param name="Query">The query as it is sent, without <c>?</c>; empty for none.</param>
/// <param name="Headers">Every header that is signed, <c>host</c> among them, in the order sent. Date and token are added by the signer.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record SigV4Request(string Method, string Path, string Query, IReadOnlyList<(string Name, string Value)> Headers, ReadOnlyMemory<byte> Body);

/// <summary>Whose signature it is.</summary>
/// <param name="Region">The region, such as <c>eu-central-1</c>.</param>
/// <param name="Service">The service's signing name, such as <c>secretsmanager</c>.</param>
internal readonly record struct SigV4Scope(string Region, string Service);
