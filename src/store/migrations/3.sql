-- Format 3. What time alone will change about a person; a row with neither time is none.
CREATE TABLE watches (
    entra_id   TEXT PRIMARY KEY NOT NULL REFERENCES source_users,
    left_at    INTEGER,  -- since when a person with an active account is out of scope
    revisit_at INTEGER,  -- when the person is due although nothing about them changed
    CHECK (left_at IS NOT NULL OR revisit_at IS NOT NULL)
) STRICT;
CREATE INDEX watches_due ON watches (revisit_at) WHERE revisit_at IS NOT NULL;
