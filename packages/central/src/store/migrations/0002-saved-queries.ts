/**
 * 0002-saved-queries
 * Why   People ask the fleet the same questions again, and act on the same groups of devices; both have a name now.
 * Cost  Makes an empty table.
 * Back  The version before refuses the file by its format. Dropping the table and setting user_version to 1 leads back.
 */
export const savedQueries = `
CREATE TABLE saved_query (
  id           INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- never used twice: a page may still hold an old one
  name         TEXT    NOT NULL COLLATE NOCASE,
  query        TEXT    NOT NULL,
  owner        TEXT    NOT NULL COLLATE NOCASE REFERENCES person (user_name) ON DELETE CASCADE,
  is_shared    INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
  updated_time INTEGER NOT NULL -- ms since 1970
) STRICT;
-- One name a person, and one among those that all share.
CREATE UNIQUE INDEX saved_query_personal ON saved_query (owner, name) WHERE is_shared = 0;
CREATE UNIQUE INDEX saved_query_shared ON saved_query (name) WHERE is_shared = 1;
`;
