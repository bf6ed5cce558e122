-- Format 9.

-- Whether a side refuses the credentials: waiting does not mend that.
ALTER TABLE quarantines ADD COLUMN is_refusal INTEGER NOT NULL DEFAULT 0;

-- What whoever is sent alerts has been told, so that nobody is told again after a restart.
CREATE TABLE alert_books (
    channel TEXT PRIMARY KEY NOT NULL,
    book    TEXT NOT NULL  -- as JSON
) STRICT;
