/**
 * 0005-api-access
 * Why   Programs ask central with tokens of their own, each with a role; the application they name needs an id that stays. What devices
 *       and people belong to is a tree. Settings of the application as a whole lie beside it.
 * Cost  Makes empty tables.
 * Back  The version before refuses the file by its format. Dropping the tables and lowering user_version leads back; tokens are lost.
 */
export const apiAccess = `
CREATE TABLE setting (
  name  TEXT NOT NULL PRIMARY KEY,
  value TEXT NOT NULL -- JSON; secrets in it are sealed
) STRICT, WITHOUT ROWID;

CREATE TABLE api_token (
  token_id     TEXT    NOT NULL PRIMARY KEY,
  secret_hash  BLOB    NOT NULL, -- SHA-256: a stolen file opens nothing
  role         TEXT    NOT NULL, -- id of a role
  created_by   TEXT    NOT NULL,
  created_time INTEGER NOT NULL, -- all times: ms since 1970
  expires_time INTEGER NOT NULL,
  used_time    INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE organization (
  organization_id TEXT NOT NULL PRIMARY KEY,
  display_name    TEXT NOT NULL,
  parent          TEXT REFERENCES organization (organization_id)
) STRICT, WITHOUT ROWID;
`;
