namespace Tars.Sealing.Timestamps;

/// <summary>What verifying a timestamp gave.</summary>
public abstract record TimestampVerdict
{
    private TimestampVerdict()
    {
    }

    /// <summary>Why nothing is proven; null when something is.</summary>
    public string? Refusal => this switch
    {
        Verified or Unjudged => null,
        Malformed malformed => $"it is malformed: {malformed.Reason}",
        Rejected rejected => $"the authority did not grant it (status {rejected.Status}): {(rejected.Reason.Length == 0 ? "it gave no reason" : rejected.Reason)}",
        OtherContent other => $"it is for other bytes: {other.Found}, expected sha256 {other.ExpectedSha256}",
        OtherRequest => "it is the answer to another request: its number differs",
        OtherPolicy other => $"it was made under the policy {other.Found}; {other.Expected} was asked for",
        SignatureBad bad => bad.Reason,
        UntrustedAuthority untrusted => untrusted.Reason,
        _ => throw new System.Diagnostics.UnreachableException(),
    };

    /// <summary>A trusted authority says that the bytes existed at that time.</summary>
    /// <param name="Time">When, UTC.</param>
    /// <param name="Authority">Subject of the authority's certificate.</param>
    /// <param name="Root">Subject of the trusted certificate that it leads to.</param>
    /// <param name="SerialNumber">The token's number at the authority, decimal.</param>
    /// <param name="PolicyOid">The authority's policy.</param>
    public sealed record Verified(DateTimeOffset Time, string Authority, string Root, string SerialNumber, string PolicyOid) : TimestampVerdict;

    /// <summary>
    /// The token is whole, and signed with the certificate for timestamps that it carries. Whether that certificate is anyone's who is trusted was
    /// not asked, because no trusted certificate was given.
    /// </summary>
    /// <param name="Time">When, UTC, as the authority says.</param>
    /// <param name="Authority">Subject of the certificate.</param>
    /// <param name="PolicyOid">The authority's policy.</param>
    public sealed record Unjudged(DateTimeOffset Time, string Authority, string PolicyOid) : TimestampVerdict;

    /// <summary>It is no token, or no answer with one.</summary>
    /// <param name="Reason">What is wrong.</param>
    public sealed record Malformed(string Reason) : TimestampVerdict;

    /// <summary>The authority did not grant the request.</summary>
    /// <param name="Status">PKIStatus; 0 and 1 are granted.</param>
    /// <param name="Reason">The authority's words; empty when it gave none.</param>
    public sealed record Rejected(int Status, string Reason) : TimestampVerdict;

    /// <summary>The token is for other bytes.</summary>
    /// <param name="ExpectedSha256">Digest of the bytes: 64 lower-case hexadecimal digits.</param>
    /// <param name="Found">What the token is for: algorithm and digest.</param>
    public sealed record OtherContent(string ExpectedSha256, string Found) : TimestampVerdict;

    /// <summary>The answer is to another request: its number differs.</summary>
    public sealed record OtherRequest : TimestampVerdict;

    /// <summary>The authority applied another policy than the request asks for.</summary>
    /// <param name="Expected">Object identifier that was asked for.</param>
    /// <param name="Found">Object identifier in the token.</param>
    public sealed record OtherPolicy(string Expected, string Found) : TimestampVerdict;

    /// <summary>The signature is not the authority's, or its certificate is not there.</summary>
    /// <param name="Reason">What is wrong.</param>
    public sealed record SignatureBad(string Reason) : TimestampVerdict;

    /// <summary>The certificate leads to none that is trusted, was not valid at that time, or is not for timestamps.</summary>
    /// <param name="Reason">Why.</param>
    public sealed record UntrustedAuthority(string Reason) : TimestampVerdict;
}
