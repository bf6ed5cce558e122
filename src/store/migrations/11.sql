-- Format 11: what the sides say of themselves, apart from people.
CREATE TABLE survey (
    id     INTEGER PRIMARY KEY CHECK (id = 1),
    survey TEXT NOT NULL  -- as JSON
) STRICT;
