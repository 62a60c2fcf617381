/**
 * 0006-dashboards
 * Why   People put what they look at every day on pages of their own, or that all share.
 * Cost  Makes empty tables.
 * Back  The version before refuses the file by its format. Dropping the tables and lowering user_version leads back.
 */
export const dashboards = `
CREATE TABLE dashboard (
  dashboard_id TEXT    NOT NULL PRIMARY KEY,
  display_name TEXT    NOT NULL COLLATE NOCASE,
  content      TEXT    NOT NULL, -- JSON: tiles, organizations, extension
  is_personal  INTEGER NOT NULL CHECK (is_personal IN (0, 1)),
  owner        TEXT    NOT NULL COLLATE NOCASE,
  etag         TEXT    NOT NULL,
  updated_time INTEGER NOT NULL -- ms since 1970
) STRICT, WITHOUT ROWID;
CREATE INDEX dashboard_by_name ON dashboard (display_name, dashboard_id);

CREATE TABLE dashboard_favorite (
  dashboard_id TEXT NOT NULL REFERENCES dashboard (dashboard_id) ON DELETE CASCADE,
  caller       TEXT NOT NULL COLLATE NOCASE,
  PRIMARY KEY (dashboard_id, caller)
) STRICT, WITHOUT ROWID;
`;
