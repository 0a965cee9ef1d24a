using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tars.Compliance.Audit;

namespace Tars.Compliance.Approvals;

/// <summary>What one person asks for and another one approves, before it may be done.</summary>
/// <param name="Id">Names the request, once for all time.</param>
/// <param name="Act">Such as <c>retain</c>.</param>
/// <param name="Log">The origin of the log that it is done to.</param>
/// <param name="Plan">Exactly what will be done: what is planned anew when it is done must be this, byte for byte.</param>
/// <param name="RequestedAt">When, by the clock of whoever asked.</param>
/// <param name="ExpiresAt">From when on it is worth nothing.</param>
public sealed record ApprovalRequest(string Id, string Act, string Log, JsonObject Plan, DateTimeOffset RequestedAt, DateTimeOffset ExpiresAt)
{
    private const string TimeFormat = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    /// <summary>The digest of the plan, 64 lower-case hexadecimal digits.</summary>
    public string PlanSha256 => DigestOf(Plan);

    /// <summary>The digest of a plan as it is written.</summary>
    public static string DigestOf(JsonObject plan) => Convert.ToHexStringLower(SHA256.HashData(AuditData.Of(plan).Utf8.Span));

    /// <summary>The bytes that are signed.</summary>
    internal byte[] ToBytes() => AuditData.Of(new JsonObject
    {
        ["id"] = Id,
        ["act"] = Act,
        ["log"] = Log,
        ["plan"] = Plan.DeepClone(),
        ["requested_at"] = Text(RequestedAt),
        ["expires_at"] = Text(ExpiresAt),
    }).Utf8.ToArray();

    /// <exception cref="FormatException">It is no request.</exception>
    internal static ApprovalRequest Parse(byte[] bytes)
    {
        try
        {
            JsonNode json = JsonNode.Parse(bytes)!;
            return new ApprovalRequest(
                (string)json["id"]!, (string)json["act"]!, (string)json["log"]!, json["plan"]!.AsObject(), Time((string)json["requested_at"]!), Time((string)json["expires_at"]!));
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or ArgumentException or NullReferenceException)
        {
            throw new FormatException($"it is no request: {exception.Message}", exception);
        }
    }

    private static string Text(DateTimeOffset time) => time.UtcDateTime.ToString(TimeFormat, CultureInfo.InvariantCulture);

    private static DateTimeOffset Time(string text) =>
        DateTimeOffset.ParseExact(text, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);
}
