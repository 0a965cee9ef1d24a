-- The words in braces are replaced by each database's own type: docs/formats/store.md, "Migrations".

CREATE TABLE subjects (
    subject_id {text} NOT NULL PRIMARY KEY CHECK (subject_id <> ''),
    created {integer} NOT NULL,
    erased {integer}
){strict};

CREATE TABLE runs (
    run_id {text} NOT NULL PRIMARY KEY CHECK (length(run_id) = 36),
    command {text} NOT NULL CHECK (command <> ''),
    state {text} NOT NULL CHECK (state IN ('intended', 'sealed', 'stored', 'completed', 'abandoned')),
    window_from {integer},
    window_to {integer},
    intent_sequence {integer} CHECK (intent_sequence >= 0),
    outcome_sequence {integer} CHECK (outcome_sequence >= 0),
    actor {text} REFERENCES subjects (subject_id),
    started {integer} NOT NULL,
    ended {integer},
    reason {text},
    CHECK ((window_from IS NULL) = (window_to IS NULL)),
    CHECK (window_from < window_to),
    CHECK ((state IN ('completed', 'abandoned')) = (ended IS NOT NULL)),
    CHECK ((state = 'abandoned') = (reason IS NOT NULL))
){strict};

CREATE INDEX runs_started ON runs (started, run_id);

CREATE TABLE blobs (
    digest {text} NOT NULL PRIMARY KEY CHECK (length(digest) = 64 AND digest = lower(digest)),
    size {integer} NOT NULL CHECK (size >= 0),
    created {integer} NOT NULL,
    seen {integer} NOT NULL
){strict};

CREATE TABLE reports (
    report_id {identity},
    run_id {text} NOT NULL REFERENCES runs (run_id),
    name {text} NOT NULL CHECK (name <> ''),
    kind {text} NOT NULL CHECK (kind <> '' AND kind = lower(kind)),
    service {text},
    window_from {integer} NOT NULL,
    window_to {integer} NOT NULL,
    date {text} NOT NULL CHECK (length(date) = 10),
    verdict {text} CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
    verdict_reason {text},
    envelope_digest {text} REFERENCES blobs (digest),
    content_digest {text} NOT NULL CHECK (length(content_digest) = 64),
    figure_count {integer} NOT NULL CHECK (figure_count >= 0),
    finding_count {integer} NOT NULL CHECK (finding_count >= 0),
    created {integer} NOT NULL,
    UNIQUE (run_id, name),
    CHECK (window_from < window_to),
    CHECK (verdict IS NOT NULL OR verdict_reason IS NULL),
    CHECK (verdict IS NULL OR (verdict = 'pass') = (verdict_reason IS NULL))
){strict};

CREATE INDEX reports_date ON reports (date, report_id);
CREATE INDEX reports_envelope ON reports (envelope_digest);

CREATE TABLE renderings (
    report_id {integer} NOT NULL REFERENCES reports (report_id),
    format {text} NOT NULL CHECK (format <> '' AND format = lower(format)),
    file_name {text} NOT NULL CHECK (file_name <> ''),
    size {integer} NOT NULL CHECK (size >= 0),
    plain_digest {text} NOT NULL CHECK (length(plain_digest) = 64 AND plain_digest = lower(plain_digest)),
    sealed_digest {text} CHECK (length(sealed_digest) = 64 AND sealed_digest = lower(sealed_digest)),
    blob_digest {text} NOT NULL REFERENCES blobs (digest),
    PRIMARY KEY (report_id, format),
    CHECK (blob_digest = COALESCE(sealed_digest, plain_digest))
){strict};

CREATE INDEX renderings_blob ON renderings (blob_digest);

CREATE TABLE figures (
    report_id {integer} NOT NULL REFERENCES reports (report_id),
    ordinal {integer} NOT NULL CHECK (ordinal >= 0),
    service {text},
    region {text},
    labels {text} NOT NULL,
    metric {text} NOT NULL CHECK (metric <> ''),
    unit {text} NOT NULL,
    state {text} NOT NULL CHECK (state IN ('measured', 'no_data', 'query_failed')),
    value {real},
    coverage {real} CHECK (coverage >= 0 AND coverage <= 1),
    reason {text},
    verdict {text} CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
    verdict_reason {text},
    PRIMARY KEY (report_id, ordinal),
    CHECK ((state = 'measured') = (value IS NOT NULL)),
    CHECK ((state = 'measured') = (coverage IS NOT NULL)),
    CHECK ((state = 'measured') = (reason IS NULL)),
    CHECK (state = 'measured' OR verdict IS NULL OR verdict = 'inconclusive'),
    CHECK (verdict IS NOT NULL OR verdict_reason IS NULL),
    CHECK (verdict IS NULL OR (verdict = 'pass') = (verdict_reason IS NULL))
){strict};

CREATE TABLE findings (
    finding_id {identity},
    report_id {integer} NOT NULL REFERENCES reports (report_id),
    ordinal {integer} NOT NULL CHECK (ordinal >= 0),
    kind {text} NOT NULL CHECK (kind <> '' AND kind = lower(kind)),
    service {text} NOT NULL CHECK (service <> ''),
    metric {text} NOT NULL CHECK (metric <> ''),
    severity {text} NOT NULL CHECK (severity IN ('info', 'low', 'medium', 'high', 'critical')),
    date {text} NOT NULL CHECK (length(date) = 10),
    started {integer} NOT NULL,
    ended {integer},
    score {real},
    effect {real},
    p_value {real} CHECK (p_value >= 0 AND p_value <= 1),
    summary {text} NOT NULL,
    details {text} NOT NULL,
    resolved {integer},
    resolved_by {text} REFERENCES subjects (subject_id),
    resolution {text},
    UNIQUE (report_id, ordinal),
    CHECK (ended >= started),
    CHECK ((resolved IS NULL) = (resolved_by IS NULL)),
    CHECK (resolved IS NOT NULL OR resolution IS NULL)
){strict};

CREATE TABLE captures (
    capture_id {text} NOT NULL PRIMARY KEY CHECK (length(capture_id) = 64 AND capture_id = lower(capture_id)),
    run_id {text} REFERENCES runs (run_id),
    source {text} NOT NULL,
    window_from {integer} NOT NULL,
    window_to {integer} NOT NULL,
    step_milliseconds {integer} NOT NULL CHECK (step_milliseconds > 0),
    blob_digest {text} REFERENCES blobs (digest),
    location {text},
    created {integer} NOT NULL,
    CHECK (window_from < window_to)
){strict};

CREATE INDEX captures_window ON captures (window_from, capture_id);
CREATE INDEX captures_blob ON captures (blob_digest);

CREATE TABLE users (
    user_id {text} NOT NULL PRIMARY KEY CHECK (length(user_id) = 36),
    subject_id {text} NOT NULL UNIQUE REFERENCES subjects (subject_id),
    login {text} NOT NULL UNIQUE CHECK (login <> ''),
    role {text} NOT NULL CHECK (role <> '' AND role = lower(role)),
    password_hash {text},
    created {integer} NOT NULL,
    disabled {integer}
){strict};

CREATE TABLE api_keys (
    key_id {text} NOT NULL PRIMARY KEY CHECK (length(key_id) = 36),
    user_id {text} NOT NULL REFERENCES users (user_id),
    name {text} NOT NULL,
    hash {text} NOT NULL UNIQUE CHECK (length(hash) = 64 AND hash = lower(hash)),
    scopes {text} NOT NULL,
    created {integer} NOT NULL,
    expires {integer},
    last_used {integer},
    revoked {integer}
){strict};

CREATE INDEX api_keys_user ON api_keys (user_id);

CREATE TABLE tokens (
    hash {text} NOT NULL PRIMARY KEY CHECK (length(hash) = 64 AND hash = lower(hash)),
    family_id {text} NOT NULL CHECK (length(family_id) = 36),
    user_id {text} NOT NULL REFERENCES users (user_id),
    issued {integer} NOT NULL,
    expires {integer} NOT NULL,
    used {integer},
    revoked {integer},
    CHECK (issued < expires)
){strict};

CREATE INDEX tokens_family ON tokens (family_id);
CREATE INDEX tokens_user ON tokens (user_id);

CREATE TABLE sessions (
    hash {text} NOT NULL PRIMARY KEY CHECK (length(hash) = 64 AND hash = lower(hash)),
    user_id {text} NOT NULL REFERENCES users (user_id),
    created {integer} NOT NULL,
    seen {integer} NOT NULL,
    expires {integer} NOT NULL,
    CHECK (created < expires)
){strict};

CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE attestations (
    attestation_id {text} NOT NULL PRIMARY KEY CHECK (length(attestation_id) = 36),
    run_id {text} REFERENCES runs (run_id),
    standard {text} NOT NULL CHECK (standard <> ''),
    control {text} NOT NULL CHECK (control <> ''),
    period_from {integer} NOT NULL,
    period_to {integer} NOT NULL,
    verdict {text} NOT NULL CHECK (verdict IN ('pass', 'fail', 'inconclusive')),
    verdict_reason {text},
    statement_digest {text} NOT NULL CHECK (length(statement_digest) = 64 AND statement_digest = lower(statement_digest)),
    blob_digest {text} REFERENCES blobs (digest),
    actor {text} REFERENCES subjects (subject_id),
    created {integer} NOT NULL,
    CHECK (period_from < period_to),
    CHECK ((verdict = 'pass') = (verdict_reason IS NULL))
){strict};

CREATE INDEX attestations_control ON attestations (standard, control, period_from);
CREATE INDEX attestations_blob ON attestations (blob_digest);

CREATE TABLE jobs (
    job_id {text} NOT NULL PRIMARY KEY CHECK (length(job_id) = 36),
    kind {text} NOT NULL CHECK (kind <> ''),
    payload {text} NOT NULL,
    state {text} NOT NULL CHECK (state IN ('waiting', 'leased', 'done', 'failed')),
    run_after {integer} NOT NULL,
    attempts {integer} NOT NULL CHECK (attempts >= 0),
    max_attempts {integer} NOT NULL CHECK (max_attempts > 0),
    owner {text},
    lease_until {integer},
    created {integer} NOT NULL,
    finished {integer},
    error {text},
    CHECK ((state = 'leased') = (owner IS NOT NULL)),
    CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('done', 'failed')) = (finished IS NOT NULL))
){strict};

CREATE INDEX jobs_waiting ON jobs (run_after, job_id) WHERE state = 'waiting';
CREATE INDEX jobs_leased ON jobs (lease_until, job_id) WHERE state = 'leased';

CREATE TABLE outbox (
    message_id {identity},
    run_id {text} REFERENCES runs (run_id),
    channel {text} NOT NULL CHECK (channel <> ''),
    payload {text} NOT NULL,
    state {text} NOT NULL CHECK (state IN ('waiting', 'leased', 'delivered', 'failed')),
    attempts {integer} NOT NULL CHECK (attempts >= 0),
    owner {text},
    lease_until {integer},
    created {integer} NOT NULL,
    finished {integer},
    error {text},
    CHECK ((state = 'leased') = (owner IS NOT NULL)),
    CHECK ((state = 'leased') = (lease_until IS NOT NULL)),
    CHECK ((state IN ('delivered', 'failed')) = (finished IS NOT NULL))
){strict};

CREATE INDEX outbox_open ON outbox (message_id) WHERE state IN ('waiting', 'leased');

CREATE TABLE schedules_history (
    schedule {text} NOT NULL CHECK (schedule <> ''),
    planned {integer} NOT NULL,
    owner {text} NOT NULL,
    started {integer} NOT NULL,
    ended {integer},
    state {text} NOT NULL CHECK (state IN ('running', 'succeeded', 'failed')),
    run_id {text} REFERENCES runs (run_id),
    reason {text},
    PRIMARY KEY (schedule, planned),
    CHECK ((state = 'running') = (ended IS NULL)),
    CHECK ((state = 'failed') = (reason IS NOT NULL))
){strict};
