-- Whether a side refuses the credentials: waiting does not mend that.
ALTER TABLE quarantines ADD COLUMN is_refusal INTEGER NOT NULL DEFAULT 0;
