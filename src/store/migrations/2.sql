-- Format 2: managers, groups, assignments.

-- Whom a change of the manager concerns too.
ALTER TABLE source_users ADD COLUMN manager_id TEXT GENERATED ALWAYS AS (attributes ->> '$.manager.id') VIRTUAL;
-- Of the feed when the source last said outright that the person has no manager. The feed does not name every manager.
ALTER TABLE source_users ADD COLUMN no_manager_generation INTEGER NOT NULL DEFAULT 0;
CREATE INDEX source_users_manager ON source_users (manager_id) WHERE manager_id IS NOT NULL;
CREATE INDEX source_users_unmanaged ON source_users (no_manager_generation)
    WHERE manager_id IS NULL AND presence = 'live';

-- Every group that matters.
CREATE TABLE groups (
    id   TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL
) STRICT;

-- No reference to a person: a group may hold people whom the users feed has not shown yet.
CREATE TABLE group_members (
    group_id  TEXT NOT NULL REFERENCES groups ON DELETE CASCADE,
    kind      TEXT NOT NULL CHECK (kind IN ('user', 'group')),
    member_id TEXT NOT NULL,
    PRIMARY KEY (group_id, kind, member_id)
) STRICT, WITHOUT ROWID;

-- Whoever is assigned to the application.
CREATE TABLE assignments (
    kind         TEXT NOT NULL CHECK (kind IN ('user', 'group')),
    principal_id TEXT NOT NULL,
    PRIMARY KEY (kind, principal_id)
) STRICT, WITHOUT ROWID;

-- The feeds of groups, each with the link of its last complete round. The links belong to `selection`.
CREATE TABLE group_feeds (
    number     INTEGER PRIMARY KEY,
    groups     TEXT NOT NULL,
    selection  TEXT NOT NULL,
    delta_link TEXT NOT NULL,
    delta_at   INTEGER NOT NULL
) STRICT;
