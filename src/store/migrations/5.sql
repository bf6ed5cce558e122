-- Format 5.

-- What an administrator has stopped for a while. One row at most: a second pause replaces the first.
CREATE TABLE pauses (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    what   TEXT NOT NULL CHECK (what IN ('everything', 'removals')),
    since  INTEGER NOT NULL,
    set_by TEXT NOT NULL,  -- the user of the operating system
    why    TEXT
) STRICT;
