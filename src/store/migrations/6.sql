-- Format 6.

-- When all of Jostle's accounts were last listed; none: never, or the list could not be read to its end.
CREATE TABLE listing (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL
) STRICT;

-- Accounts of the last listing that were linked to nobody and are not protected.
CREATE TABLE unmanaged (
    target_id  TEXT PRIMARY KEY NOT NULL,
    user_name  TEXT NOT NULL,
    active     INTEGER NOT NULL,
    names      TEXT NOT NULL,  -- everything that the account shows as its name
    work_email TEXT
) STRICT;

-- Whose an account is, or that somebody gets none, where an administrator has said so.
CREATE TABLE choices (
    entra_id TEXT PRIMARY KEY NOT NULL REFERENCES source_users,
    choice   TEXT NOT NULL,
    at       INTEGER NOT NULL,
    by_user  TEXT NOT NULL, -- the user of the operating system
    approved INTEGER NOT NULL  -- a hold was approved: it says nothing of whoever changes in Entra
) STRICT;
-- Of an undo: what becomes of what is due and held of the person once it is carried out; null: it is no undo.
ALTER TABLE intents ADD COLUMN undo TEXT;
-- When every managed account was last compared with what was known of it.
CREATE TABLE reconciled (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    at INTEGER NOT NULL  -- when it began
) STRICT;

-- What was then found to be changed in Jostle.
CREATE TABLE drift (
    entra_id  TEXT NOT NULL,
    attribute TEXT NOT NULL,
    expected  TEXT NOT NULL,  -- as JSON; null: no value
    shown     TEXT NOT NULL,
    treatment TEXT NOT NULL,
    since     INTEGER NOT NULL,
    PRIMARY KEY (entra_id, attribute)
) STRICT, WITHOUT ROWID;

-- What a shadow would have written and Jostle does not show.
CREATE TABLE shadow_differences (
    entra_id  TEXT NOT NULL,
    aspect    TEXT NOT NULL,  -- as JSON: an attribute, or an operation as a whole
    user_name TEXT NOT NULL,
    old       TEXT NOT NULL,  -- as JSON; null: no value
    new       TEXT NOT NULL,
    why       TEXT,           -- an account would be deactivated or deleted
    since     INTEGER NOT NULL,
    last_seen INTEGER NOT NULL,
    told      INTEGER NOT NULL,  -- whether the log has it
    PRIMARY KEY (entra_id, aspect)
) STRICT, WITHOUT ROWID;

-- The last of them that have gone because Jostle came to show just that.
CREATE TABLE shadow_agreed (
    number    INTEGER PRIMARY KEY,
    entra_id  TEXT NOT NULL,
    aspect    TEXT NOT NULL,
    user_name TEXT NOT NULL,
    since     INTEGER NOT NULL,
    at        INTEGER NOT NULL
) STRICT;

-- The last round of a shadow.
CREATE TABLE shadow_round (
    id            INTEGER PRIMARY KEY CHECK (id = 1),
    first_at      INTEGER NOT NULL,  -- when the first round was
    content_since INTEGER,           -- since when nothing differs; null: something does
    agreed        INTEGER NOT NULL,  -- how often something has come to agree
    report        TEXT NOT NULL      -- as JSON, with what may be shown
) STRICT;
