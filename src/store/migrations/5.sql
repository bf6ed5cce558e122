-- Format 5.

-- What an administrator has stopped for a while. One row at most: a second pause replaces the first.
CREATE TABLE pauses (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    what   TEXT NOT NULL CHECK (what IN ('everything', 'removals')),
    since  INTEGER NOT NULL,
    set_by TEXT NOT NULL,  -- the user of the operating system
    why    TEXT
) STRICT;

-- What exceeded a limit. A hold is open as long as somebody in it is; its revision grows with every addition.
CREATE TABLE holds (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    class     TEXT NOT NULL,
    raised_at INTEGER NOT NULL,
    revision  INTEGER NOT NULL,
    reason    TEXT NOT NULL  -- the limit, with the numbers of the last addition
) STRICT;

-- Whoever is held, or was and is not done with. They are not due unless they change or are approved.
CREATE TABLE held (
    entra_id   TEXT PRIMARY KEY NOT NULL REFERENCES source_users,
    hold       INTEGER NOT NULL REFERENCES holds,
    revision   INTEGER NOT NULL,
    operation  TEXT NOT NULL,
    user_name  TEXT NOT NULL,
    target_id  TEXT,
    changes    TEXT NOT NULL,
    reason     TEXT NOT NULL,
    held_at    INTEGER NOT NULL,
    verdict    TEXT NOT NULL CHECK (verdict IN ('open', 'approved', 'rejected')),
    decided_at INTEGER,
    decided_by TEXT,
    source     TEXT,  -- the person in Entra when it was decided
    CHECK ((verdict = 'open') = (decided_at IS NULL))
) STRICT;
CREATE INDEX held_hold ON held (hold, verdict);

-- Who decided what, for good.
CREATE TABLE decisions (
    id       INTEGER PRIMARY KEY AUTOINCREMENT,
    hold     INTEGER NOT NULL REFERENCES holds,
    revision INTEGER NOT NULL,
    at       INTEGER NOT NULL,
    by_user  TEXT NOT NULL,
    verdict  TEXT NOT NULL,
    people   TEXT NOT NULL
) STRICT;

-- As what an operation counts against the limits of a day; null: it does not.
ALTER TABLE intents ADD COLUMN counts_as TEXT;
ALTER TABLE provisioning_log ADD COLUMN counts_as TEXT;
CREATE INDEX provisioning_log_counts ON provisioning_log (at, counts_as) WHERE counts_as IS NOT NULL;
