-- Format 8: the history, as `log` prints it.

-- Why something is done and how the account was found. Null: nobody wrote it down, before this format.
ALTER TABLE intents ADD COLUMN reason TEXT;
ALTER TABLE intents ADD COLUMN matched TEXT;
ALTER TABLE provisioning_log ADD COLUMN reason TEXT;
ALTER TABLE provisioning_log ADD COLUMN matched TEXT;
-- What Jostle answered the write with; null: nothing was sent, or no answer came.
ALTER TABLE provisioning_log ADD COLUMN http_status INTEGER;
-- What the person failed with.
ALTER TABLE provisioning_log ADD COLUMN code TEXT;
-- Who has approved or chosen it, and of which hold. Null: nobody had to.
ALTER TABLE provisioning_log ADD COLUMN decided_by TEXT;
ALTER TABLE provisioning_log ADD COLUMN hold INTEGER;

-- What a query filters by is in it, so that only what it prints is read from the table.
CREATE INDEX provisioning_log_time ON provisioning_log (at, operation, status);
CREATE INDEX provisioning_log_cycle ON provisioning_log (cycle, at);
CREATE INDEX provisioning_log_name ON provisioning_log (user_name COLLATE NOCASE);

-- At whose word a cycle was begun by hand, and which one it undoes.
ALTER TABLE cycles ADD COLUMN by_user TEXT;
ALTER TABLE cycles ADD COLUMN undoes INTEGER;
-- Whether rows of its log were removed, because they were old.
ALTER TABLE cycles ADD COLUMN trimmed INTEGER NOT NULL DEFAULT 0;
CREATE INDEX cycles_started ON cycles (started_at);

-- What administrators did and what else is to be accounted for, as far as no other table keeps it: a pause is gone when
-- it ends, and a choice when another one is made.
CREATE TABLE audit (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    by_user   TEXT,  -- the user of the operating system; null: the program itself
    entra_id  TEXT,  -- the one person whom it is about
    user_name TEXT,
    act       TEXT NOT NULL  -- as JSON
) STRICT;
CREATE INDEX audit_time ON audit (at);
CREATE INDEX audit_person ON audit (entra_id) WHERE entra_id IS NOT NULL;

-- By which sections of the configuration it was last decided, so that it can be told which have changed.
CREATE TABLE sections (
    name        TEXT PRIMARY KEY NOT NULL,
    fingerprint TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- About how much room the log takes, its indexes included, in bytes: what its texts take, each as often as it stands in
-- the table and the indexes, and the rest of a row as it was measured.
CREATE TABLE log_size (
    id    INTEGER PRIMARY KEY CHECK (id = 1),
    bytes INTEGER NOT NULL
) STRICT;
INSERT INTO log_size SELECT 1, coalesce(sum(190 + 2 * length(entra_id) + 2 * octet_length(user_name) + octet_length(changes)
        + coalesce(octet_length(message), 0) + coalesce(octet_length(reason), 0)), 0) FROM provisioning_log;
CREATE TRIGGER provisioning_log_grows AFTER INSERT ON provisioning_log BEGIN
    UPDATE log_size SET bytes = bytes + 190 + 2 * length(new.entra_id) + 2 * octet_length(new.user_name)
        + octet_length(new.changes) + coalesce(octet_length(new.message), 0) + coalesce(octet_length(new.reason), 0);
END;
CREATE TRIGGER provisioning_log_shrinks AFTER DELETE ON provisioning_log BEGIN
    UPDATE log_size SET bytes = bytes - 190 - 2 * length(old.entra_id) - 2 * octet_length(old.user_name)
        - octet_length(old.changes) - coalesce(octet_length(old.message), 0) - coalesce(octet_length(old.reason), 0);
END;
