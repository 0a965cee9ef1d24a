using System.Globalization;
using System.Text.Json.Nodes;

namespace Tars.TestKit.SecretServers.Vault;

/// <summary><c>sys/health</c>, and what a node that does not serve says to everything else.</summary>
internal static class VaultHealth
{
    internal static Answer Answer(ReceivedRequest request, VaultCondition condition, DateTimeOffset now)
    {
        if (request.Method is not ("GET" or "HEAD"))
        {
            return VaultAnswers.Errors(405, "unsupported operation");
        }

        (string parameter, int status) = condition switch
        {
            VaultCondition.Active => ("activecode", 200),
            VaultCondition.Standby when IsTrue(request.Query("standbyok")) => ("activecode", 200),
            VaultCondition.PerformanceStandby when IsTrue(request.Query("perfstandbyok")) => ("activecode", 200),
            VaultCondition.Standby => ("standbycode", 429),
            VaultCondition.PerformanceStandby => ("performancestandbycode", 473),
            VaultCondition.DisasterRecoverySecondary => ("drsecondarycode", 472),
            VaultCondition.Sealed => ("sealedcode", 503),
            _ => ("uninitcode", 501),
        };
        if (int.TryParse(request.Query(parameter), NumberStyles.None, CultureInfo.InvariantCulture, out int asked))
        {
            status = asked;
        }

        return VaultAnswers.Json(status, new JsonObject
        {
            ["initialized"] = condition != VaultCondition.Uninitialized,
            ["sealed"] = condition is VaultCondition.Sealed or VaultCondition.Uninitialized,
            ["standby"] = condition is not (VaultCondition.Active or VaultCondition.DisasterRecoverySecondary),
            ["performance_standby"] = condition == VaultCondition.PerformanceStandby,
            ["replication_performance_mode"] = "disabled",
            ["replication_dr_mode"] = condition == VaultCondition.DisasterRecoverySecondary ? "secondary" : "disabled",
            ["server_time_utc"] = now.ToUnixTimeSeconds(),
            ["version"] = "1.20.0",
            ["cluster_name"] = "vault-cluster-test",
            ["cluster_id"] = "00000000-0000-0000-0000-000000000001",
        });
    }

    /// <summary>The refusal of a node that does not serve; null when it serves.</summary>
    internal static Answer? Unavailable(ReceivedRequest request, VaultCondition condition, Uri? active) => condition switch
    {
        VaultCondition.Sealed => VaultAnswers.Errors(503, "Vault is sealed"),
        VaultCondition.Uninitialized => VaultAnswers.Errors(501, "Vault is not initialized"),
        VaultCondition.DisasterRecoverySecondary => VaultAnswers.Errors(503, "path disabled in replication DR secondary mode"),
        VaultCondition.Standby when active is null => VaultAnswers.Errors(500, "local node not active but active cluster node not found"),
        VaultCondition.Standby => SecretServers.Answer.Empty(307).With("Location", new Uri(active, request.Target).AbsoluteUri),
        _ => null,
    };

    // A flag counts when it is there, with any value that is not "false".
    private static bool IsTrue(string? value) => value is not (null or "false");
}
