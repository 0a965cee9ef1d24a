-- Who may come in, and for how long: attempts to log in, second factors, logins with the count of their refresh tokens, and the keys that sign access tokens.
-- The table tokens stays for programs that look for it; nothing is written to it any longer.

ALTER TABLE users ADD COLUMN password_changed {integer};
ALTER TABLE users ADD COLUMN failures {integer};
ALTER TABLE users ADD COLUMN locked_until {integer};
ALTER TABLE users ADD COLUMN last_login {integer};
ALTER TABLE users ADD COLUMN factor {text};
ALTER TABLE users ADD COLUMN factor_confirmed {integer};
ALTER TABLE users ADD COLUMN factor_step {integer};

CREATE TABLE token_families (
    family_id {text} NOT NULL PRIMARY KEY CHECK (length(family_id) = 36),
    user_id {text} NOT NULL REFERENCES users (user_id),
    counter {integer} NOT NULL CHECK (counter >= 0),
    created {integer} NOT NULL,
    rotated {integer} NOT NULL,
    expires {integer} NOT NULL,
    ends {integer} NOT NULL,
    revoked {integer},
    reason {text},
    CHECK (created <= rotated AND rotated < expires AND expires <= ends),
    CHECK ((revoked IS NULL) = (reason IS NULL))
){strict};

CREATE INDEX token_families_user ON token_families (user_id);
CREATE INDEX token_families_expires ON token_families (expires);

CREATE TABLE revocations (
    name {text} NOT NULL PRIMARY KEY CHECK (name <> ''),
    epoch {integer} NOT NULL CHECK (epoch > 0)
){strict};

CREATE TABLE signing_keys (
    key_id {text} NOT NULL PRIMARY KEY CHECK (key_id <> ''),
    algorithm {text} NOT NULL CHECK (algorithm <> ''),
    public_key {text} NOT NULL,
    sealed_key {text} NOT NULL,
    created {integer} NOT NULL,
    retires {integer} NOT NULL,
    CHECK (created < retires)
){strict};
