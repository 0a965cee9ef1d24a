-- Findings are asked for newest first, filtered by a service, a kind or a severity, and most often only those that are still open.

CREATE INDEX findings_started ON findings (started, finding_id);
CREATE INDEX findings_service ON findings (service, started, finding_id);
CREATE INDEX findings_kind ON findings (kind, started, finding_id);
CREATE INDEX findings_open_service ON findings (service, started, finding_id) WHERE resolved IS NULL;
CREATE INDEX findings_open ON findings (severity, started, finding_id) WHERE resolved IS NULL;
