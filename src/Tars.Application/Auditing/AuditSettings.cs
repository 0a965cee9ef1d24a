using Tars.Application.Checkpoints;
using Tars.Application.Sealing;
using Tars.Configuration.Documents;
using Tars.Configuration.Layers;

namespace Tars.Application.Auditing;

/// <summary>What the section <c>compliance</c> says about the audit log.</summary>
/// <param name="IsKept">Whether events are appended to the log where there is one.</param>
/// <param name="Log">The log's folder.</param>
/// <param name="Subjects">The folder that holds the keys of the persons in it.</param>
/// <param name="Required">What does not happen when it cannot be audited.</param>
/// <param name="Erasures">The ledger of erasures; null for the one beside the folder of subjects.</param>
/// <param name="Targets">Whom checkpoints go to by themselves.</param>
public sealed record AuditSettings(bool IsKept, string Log, string Subjects, IReadOnlyCollection<AuditClass> Required, string? Erasures, CheckpointTargets Targets)
{
    private const string SubjectsSuffix = ".subjects";
    private const string Everything = "all";

    /// <summary>Binds the section. A file that waives the audit log, with its reason, requires nothing while the log is turned off.</summary>
    /// <param name="loaded">The configuration.</param>
    public static AuditSettings Of(LoadedSettings loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        SettingsSection compliance = loaded.Section("compliance");
        bool isKept = compliance.Flag("audit_chain_enabled");
        string log = Path.TrimEndingDirectorySeparator(Path.GetFullPath(SealingSettings.PathOf(loaded, compliance, "audit_log_path")!));
        string subjects = SealingSettings.PathOf(loaded, compliance, "audit_subjects_path") is { } path ? Path.GetFullPath(path) : log + SubjectsSuffix;
        IReadOnlyList<string> required = !isKept && IsWaived(loaded.Section("waivers")) ? [] : compliance.Texts("audit_required");
        return new AuditSettings(isKept, log, subjects, required.Contains(Everything)
            ? Enum.GetValues<AuditClass>()
            : required.Select(name => Enum.Parse<AuditClass>(name, ignoreCase: true)).ToArray(), SealingSettings.PathOf(loaded, compliance, "audit_erasures_path"), TargetsOf(loaded, compliance));
    }

    private static CheckpointTargets TargetsOf(LoadedSettings loaded, SettingsSection compliance) => new(
        [.. compliance.Texts("audit_mirrors").Select(mirror => GitMirror.IsRemote(mirror) ? mirror : Path.GetFullPath(Path.Combine(loaded.WorkingFolder, mirror)))],
        [.. compliance.Sections("audit_witnesses").Select(witness => new WitnessTarget(
            witness.Url("url"), witness.Text("name"), Path.GetFullPath(SealingSettings.PathOf(loaded, witness, "key_path")!)))],
        compliance.Integer("audit_witness_quorum"),
        compliance.Duration("audit_delivery_timeout"),
        compliance.Duration("audit_delivery_interval"));

    // As ProductionRules has it: a waiver is what a file says.
    private static bool IsWaived(SettingsSection waivers) =>
        waivers.IsWritten("audit") && waivers.OriginOf("audit").Layer is LayerKind.File or LayerKind.ProfileFile;
}
