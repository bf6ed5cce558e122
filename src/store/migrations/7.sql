-- When the person got an account of whom it was said whose it is: it counts no more, and is remembered.
ALTER TABLE choices ADD COLUMN done_at INTEGER;
