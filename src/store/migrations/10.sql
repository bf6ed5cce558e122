-- Format 10: how long it takes from Entra to Jostle.

-- When a change that is not yet in Jostle was read from Entra: of whomever it has made due, the first one.
CREATE TABLE noticed (
    entra_id TEXT PRIMARY KEY NOT NULL,
    at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- The same of the change that an operation carried. Null: nothing in Entra was its cause, or nobody wrote it down.
ALTER TABLE provisioning_log ADD COLUMN noticed_at INTEGER;
