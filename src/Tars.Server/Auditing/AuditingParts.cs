using Microsoft.Extensions.DependencyInjection;
using Tars.Configuration;
using Tars.Configuration.Layers;
using Tars.Server.Hosting;

namespace Tars.Server.Auditing;

/// <summary>What writes requests into the audit log.</summary>
internal static class AuditingParts
{
    /// <summary>Adds it, where there is a log.</summary>
    /// <exception cref="SettingsException">Reads are to be audited and there is no log.</exception>
    public static void AddRequestAuditing(this IServiceCollection services, ServerParts parts)
    {
        SettingsSection api = parts.Settings.Section("api");
        bool reads = api.Text("audit_reads") == "all";
        if (parts.Audit is null)
        {
            if (reads)
            {
                throw new SettingsException([api.Problem("audit_reads", "is all, and there is no audit log; 'tars audit init' makes it")]);
            }

            return;
        }

        services.AddSingleton(new RequestAuditSettings(reads)).AddSingleton(new RequestAuditor(parts.Audit)).AddSingleton<DenialAudit>();
    }
}
