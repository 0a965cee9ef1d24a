namespace Tars.Storage.Schema;

/// <summary>The tables of the newest schema, each after those it points to. A test compares them with both databases.</summary>
internal static class Tables
{
    public static readonly Table Subjects = Table.Of("subjects", "subject_id", "subject_id text, created time, erased time");

    public static readonly Table Runs = Table.Of(
        "runs",
        "run_id",
        "run_id text, command text, state text, window_from time, window_to time, intent_sequence integer, outcome_sequence integer, actor text > subjects.subject_id, started time, ended time, reason text");

    public static readonly Table Blobs = Table.Of("blobs", "digest", "digest text, size integer, created time, seen time");

    public static readonly Table Reports = Table.Of(
        "reports",
        "report_id",
        "report_id identity, run_id text > runs.run_id, name text, kind text, service text, window_from time, window_to time, date text, verdict text, verdict_reason text, envelope_digest text > blobs.digest, content_digest text, figure_count integer, finding_count integer, created time");

    public static readonly Table Renderings = Table.Of(
        "renderings",
        "report_id,format",
        "report_id integer > reports.report_id, format text, file_name text, size integer, plain_digest text, sealed_digest text, blob_digest text > blobs.digest");

    public static readonly Table Figures = Table.Of(
        "figures",
        "report_id,ordinal",
        "report_id integer > reports.report_id, ordinal integer, service text, region text, labels text, metric text, unit text, state text, value real, coverage real, reason text, verdict text, verdict_reason text");

    public static readonly Table Findings = Table.Of(
        "findings",
        "finding_id",
        "finding_id identity, report_id integer > reports.report_id, ordinal integer, kind text, service text, metric text, severity text, date text, started time, ended time, score real, effect real, p_value real, summary text, details text, resolved time, resolved_by text > subjects.subject_id, resolution text");

    public static readonly Table Captures = Table.Of(
        "captures",
        "capture_id",
        "capture_id text, run_id text > runs.run_id, source text, window_from time, window_to time, step_milliseconds integer, blob_digest text > blobs.digest, location text, created time");

    public static readonly Table Users = Table.Of(
        "users",
        "user_id",
        "user_id text, subject_id text > subjects.subject_id, login text, role text, password_hash text, created time, disabled time, password_changed time, failures integer, locked_until time, last_login time, factor text, factor_confirmed time, factor_step integer");

    public static readonly Table ApiKeys = Table.Of(
        "api_keys",
        "key_id",
        "key_id text, user_id text > users.user_id, name text, hash text, scopes text, created time, expires time, last_used time, revoked time");

    public static readonly Table Tokens = Table.Of(
        "tokens",
        "hash",
        "hash text, family_id text, user_id text > users.user_id, issued time, expires time, used time, revoked time");

    public static readonly Table Sessions = Table.Of("sessions", "hash", "hash text, user_id text > users.user_id, created time, seen time, expires time");

    public static readonly Table TokenFamilies = Table.Of(
        "token_families",
        "family_id",
        "family_id text, user_id text > users.user_id, counter integer, created time, rotated time, expires time, ends time, revoked time, reason text");

    public static readonly Table Revocations = Table.Of("revocations", "name", "name text, epoch integer");

    public static readonly Table SigningKeys = Table.Of("signing_keys", "key_id", "key_id text, algorithm text, public_key text, sealed_key text, created time, retires time");

    public static readonly Table Attestations = Table.Of(
        "attestations",
        "attestation_id",
        "attestation_id text, run_id text > runs.run_id, standard text, control text, period_from time, period_to time, verdict text, verdict_reason text, statement_digest text, blob_digest text > blobs.digest, actor text > subjects.subject_id, created time");

    public static readonly Table Jobs = Table.Of(
        "jobs",
        "job_id",
        "job_id text, kind text, payload text, state text, run_after time, attempts integer, max_attempts integer, owner text, lease_until time, created time, finished time, error text");

    public static readonly Table Outbox = Table.Of(
        "outbox",
        "message_id",
        "message_id identity, run_id text > runs.run_id, channel text, payload text, state text, attempts integer, owner text, lease_until time, created time, finished time, error text, not_before time");

    public static readonly Table Schedules = Table.Of("schedules", "schedule", "schedule text, definition text, since time, decided time");

    public static readonly Table SchedulesHistory = Table.Of(
        "schedules_history",
        "schedule,planned",
        "schedule text, planned time, owner text, started time, ended time, state text, run_id text > runs.run_id, reason text, origin text, outcome text, attempt integer, lease_until time, claim_id text");

    public static readonly IReadOnlyList<Table> All =
    [
        Subjects, Runs, Blobs, Reports, Renderings, Figures, Findings, Captures, Users, ApiKeys, Tokens, Sessions, TokenFamilies, Revocations, SigningKeys, Attestations, Jobs, Outbox, Schedules, SchedulesHistory,
    ];
}
