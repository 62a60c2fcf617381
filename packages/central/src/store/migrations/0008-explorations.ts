/**
 * 0008-explorations
 * Why   What people found in the explorer is worth showing again, to them or to all, and on dashboards.
 * Cost  Makes an empty table.
 * Back  The version before refuses the file by its format.
 */
export const explorations = `
CREATE TABLE exploration (
  id           TEXT    NOT NULL PRIMARY KEY, -- a GUID: tiles name it
  name         TEXT    NOT NULL,
  view         TEXT    NOT NULL CHECK (json_valid(view)), -- contracts: ExplorationView
  owner        TEXT    NOT NULL COLLATE NOCASE,
  is_shared    INTEGER NOT NULL CHECK (is_shared IN (0, 1)),
  updated_time INTEGER NOT NULL -- ms since 1970
) STRICT;
`;
