/**
 * 0004-device-groups
 * Why   Filters of devices have a name: charts, jobs and simulations are about groups. Each template gets a group of all its devices once.
 * Cost  Makes empty tables. The devices themselves are in a file of their own (ADR 0014).
 * Back  The version before refuses the file by its format. Dropping the tables and lowering user_version by one leads back.
 */
export const deviceGroups = `
CREATE TABLE device_group (
  group_id     TEXT    NOT NULL PRIMARY KEY,
  display_name TEXT    NOT NULL,
  description  TEXT    NOT NULL,
  filter_text  TEXT    NOT NULL, -- as it was written
  organization TEXT,
  is_default   INTEGER NOT NULL CHECK (is_default IN (0, 1)),
  etag         TEXT    NOT NULL,
  updated_time INTEGER NOT NULL -- ms since 1970
) STRICT;

CREATE TABLE default_group (
  template_id TEXT NOT NULL PRIMARY KEY, -- was given its group; who deletes the group does not get it again
  group_id    TEXT NOT NULL
) STRICT, WITHOUT ROWID;
`;
