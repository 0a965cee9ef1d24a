-- How far the planned instants of each schedule are decided, and what a claim of one is: whose it is, until when, and under which id it publishes.
-- Rows of older programs have none of the new columns: their origin is 'planned', and a running one has no lease left.

CREATE TABLE schedules (
    schedule {text} NOT NULL PRIMARY KEY CHECK (schedule <> ''),
    definition {text} NOT NULL,
    since {integer} NOT NULL,
    decided {integer} NOT NULL
){strict};

ALTER TABLE schedules_history ADD COLUMN origin {text} CHECK (origin IN ('planned', 'caught_up', 'manual'));
ALTER TABLE schedules_history ADD COLUMN outcome {text} CHECK (outcome IN ('passed', 'negative', 'inconclusive', 'published', 'failed', 'missed', 'lost'));
ALTER TABLE schedules_history ADD COLUMN attempt {integer};
ALTER TABLE schedules_history ADD COLUMN lease_until {integer};
ALTER TABLE schedules_history ADD COLUMN claim_id {text};

CREATE INDEX schedules_history_planned ON schedules_history (planned);
CREATE INDEX schedules_history_running ON schedules_history (schedule) WHERE state = 'running';
