-- Format 1. Times are milliseconds since 1970; JSON columns hold what the type in src/model serialises to.

-- Where the reading of the users feed stands. The links belong to `selection`.
CREATE TABLE feed (
    id               INTEGER PRIMARY KEY CHECK (id = 1),
    selection        TEXT,
    delta_link       TEXT,
    delta_at         INTEGER,
    baseline_at      INTEGER,
    generation       INTEGER NOT NULL DEFAULT 0,  -- counts the baselines begun
    round_kind       TEXT,                        -- null: no round is open
    round_next       TEXT,
    round_started_at INTEGER,
    round_known      INTEGER                      -- live people when the round began
) STRICT;
INSERT INTO feed (id) VALUES (1);

-- Fingerprint of the mapping and the scope with which everybody was last planned.
CREATE TABLE policy (
    id          INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint TEXT NOT NULL
) STRICT;

-- When the daemon means to run the next cycle.
CREATE TABLE schedule (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    next_cycle_at INTEGER NOT NULL
) STRICT;

-- The snapshot. A person is never deleted from it.
CREATE TABLE source_users (
    entra_id        TEXT PRIMARY KEY NOT NULL,
    presence        TEXT NOT NULL CHECK (presence IN ('live', 'soft_deleted', 'hard_deleted')),
    attributes      TEXT NOT NULL,
    upn_folded      TEXT,
    mail_folded     TEXT,
    deleted_at      INTEGER CHECK ((deleted_at IS NULL) = (presence = 'live')),
    generation      INTEGER NOT NULL,  -- of the feed when a page first showed the person, or the last baseline that did
    read_generation INTEGER NOT NULL,  -- of the feed when the person was last read alone; such a person is not swept
    first_generation INTEGER NOT NULL  -- of the feed when the person was stored first; tells newcomers of a baseline
) STRICT;
CREATE INDEX source_users_presence ON source_users (presence, generation);
CREATE INDEX source_users_upn ON source_users (upn_folded) WHERE upn_folded IS NOT NULL;
CREATE INDEX source_users_mail ON source_users (mail_folded) WHERE mail_folded IS NOT NULL;
CREATE INDEX source_users_gone ON source_users (entra_id, deleted_at) WHERE presence = 'hard_deleted';

-- Who is to be planned again. AUTOINCREMENT: a mark that was taken off never comes back under the same number.
CREATE TABLE dirty (
    mark     INTEGER PRIMARY KEY AUTOINCREMENT,
    entra_id TEXT NOT NULL UNIQUE REFERENCES source_users
) STRICT;

CREATE TABLE links (
    entra_id  TEXT PRIMARY KEY NOT NULL REFERENCES source_users,
    target_id TEXT NOT NULL UNIQUE,
    origin    TEXT NOT NULL,
    gone      INTEGER NOT NULL,
    sent      TEXT NOT NULL,
    seen      TEXT NOT NULL
) STRICT;

CREATE TABLE retries (
    entra_id        TEXT PRIMARY KEY NOT NULL REFERENCES source_users,
    first_failed_at INTEGER NOT NULL,
    attempts        INTEGER NOT NULL,
    next_at         INTEGER,  -- null: only a change brings the person back
    kind            TEXT NOT NULL,
    message         TEXT NOT NULL,
    request_id      TEXT
) STRICT;

CREATE TABLE cycles (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    kind        TEXT NOT NULL,
    started_at  INTEGER NOT NULL,
    finished_at INTEGER,
    result      TEXT,  -- null: running
    error       TEXT,
    summary     TEXT NOT NULL DEFAULT 'null'
) STRICT;

-- Writes begun and not yet settled; a row that outlives its process is in doubt.
CREATE TABLE intents (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    cycle     INTEGER NOT NULL REFERENCES cycles,
    entra_id  TEXT NOT NULL,
    operation TEXT NOT NULL,
    user_name TEXT NOT NULL,
    target_id TEXT,
    at        INTEGER NOT NULL
) STRICT;

-- No reference to a person: the log also tells of people who were never in the snapshot.
CREATE TABLE provisioning_log (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    cycle       INTEGER NOT NULL REFERENCES cycles,
    at          INTEGER NOT NULL,
    entra_id    TEXT NOT NULL,
    user_name   TEXT NOT NULL,
    target_id   TEXT,
    operation   TEXT NOT NULL,
    status      TEXT NOT NULL,
    changes     TEXT NOT NULL,
    message     TEXT,
    request_id  TEXT,
    duration_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX provisioning_log_person ON provisioning_log (entra_id, id);
