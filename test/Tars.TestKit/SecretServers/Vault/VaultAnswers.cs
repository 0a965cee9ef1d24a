using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary>The two shapes of a body: the envelope of an answer and the list of errors (HTTP API, "Error response").</summary>
internal static class VaultAnswers
{
    internal static Answer Data(JsonNode? data, string leaseId = "", long leaseSeconds = 0, bool renewable = false, string? warning = null, int status = 200) =>
        Envelope(status, data, null, leaseId, leaseSeconds, renewable, warning);

    internal static Answer Auth(JsonObject auth, string? warning = null) => Envelope(200, null, auth, "", 0, renewable: false, warning);

    internal static Answer Errors(int status, params string[] errors) =>
        Json(status, new JsonObject { ["errors"] = new JsonArray([.. errors.Select(error => (JsonNode)error)]) });

    internal static Answer Denied() => Errors(403, "permission denied");

    internal static Answer Json(int status, JsonObject body) => Answer.Json(status, body).With("Cache-Control", "no-store");

    internal static string Stamp(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss.fffffffZ", System.Globalization.CultureInfo.InvariantCulture);

    private static Answer Envelope(int status, JsonNode? data, JsonObject? auth, string leaseId, long leaseSeconds, bool renewable, string? warning) =>
        Json(status, new JsonObject
        {
            ["request_id"] = Guid.NewGuid().ToString(),
            ["lease_id"] = leaseId,
            ["renewable"] = renewable,
            ["lease_duration"] = leaseSeconds,
            ["data"] = data,
            ["wrap_info"] = null,
            ["warnings"] = warning is null ? null : new JsonArray(warning),
            ["auth"] = auth,
        });
}
