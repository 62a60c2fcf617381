/**
 * 0001-people
 * Why   Who may use the console, who is signed in, which one-time links are open, and who did what (design, section 5).
 * Cost  Makes empty tables.
 * Back  There is no version before this one.
 */
export const people = `
CREATE TABLE person (
  user_name             TEXT    NOT NULL PRIMARY KEY COLLATE NOCASE,
  password_hash         TEXT    NOT NULL, -- argon2id in PHC form, with its salt and parameters
  created_time          INTEGER NOT NULL, -- all times: ms since 1970
  password_changed_time INTEGER NOT NULL
) STRICT;

CREATE TABLE console_session (
  token_hash     BLOB    NOT NULL PRIMARY KEY, -- SHA-256: a stolen file opens no session
  user_name      TEXT    NOT NULL COLLATE NOCASE REFERENCES person (user_name) ON DELETE CASCADE,
  created_time   INTEGER NOT NULL,
  used_time      INTEGER NOT NULL,
  remote_address TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX console_session_by_person ON console_session (user_name);

CREATE TABLE admin_link (
  token_hash   BLOB    NOT NULL PRIMARY KEY,
  created_time INTEGER NOT NULL,
  expires_time INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE audit (
  id             INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- never used twice, so it can be a cursor
  time           INTEGER NOT NULL,
  user_name      TEXT, -- as it was given: a refused sign-in may name nobody we know
  action         TEXT    NOT NULL,
  object         TEXT,
  code           TEXT, -- null when it was done, else why it was refused
  remote_address TEXT    NOT NULL
) STRICT;
`;
