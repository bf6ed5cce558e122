-- Format 4. What a write meant to change, so that reading Jostle can settle it. Of writes begun before, nothing is known.
ALTER TABLE intents ADD COLUMN changes TEXT NOT NULL DEFAULT '[]';
ALTER TABLE intents ADD COLUMN seen TEXT NOT NULL DEFAULT '{}';
CREATE INDEX intents_person ON intents (entra_id);

-- Left in the future: the clock was set back.
CREATE INDEX watches_left ON watches (left_at) WHERE left_at IS NOT NULL;

-- Sides that are left alone for a while, because all of it is failing.
CREATE TABLE quarantines (
    side     TEXT PRIMARY KEY NOT NULL,
    since    INTEGER NOT NULL,
    failures INTEGER NOT NULL,  -- in a row
    next_at  INTEGER NOT NULL,
    code     TEXT NOT NULL,
    reason   TEXT NOT NULL
) STRICT;

-- Until when a side has asked to be left alone. A row may be over.
CREATE TABLE throttles (
    side  TEXT PRIMARY KEY NOT NULL,
    until INTEGER NOT NULL
) STRICT;
