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
