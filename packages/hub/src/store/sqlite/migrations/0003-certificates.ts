export const certificates = `
-- 0003-certificates
-- Why   A certificate authority whose signature lets devices in is registered by people and proved to be theirs: that is kept.
-- Cost  An empty table; later at most LIMITS.CA_CERTIFICATES_MAX rows of some 2 kB.
-- Back  Earlier versions do not know the table and refuse devices that rely on an authority.

CREATE TABLE certificate (
  name              TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
  pem               TEXT    NOT NULL,
  subject           TEXT    NOT NULL,
  thumbprint        TEXT    NOT NULL, -- SHA-1, hex, upper case
  valid_from        INTEGER NOT NULL, -- ms since 1970, as all times
  valid_to          INTEGER NOT NULL,
  created_time      INTEGER NOT NULL,
  updated_time      INTEGER NOT NULL,
  is_verified       INTEGER NOT NULL,
  verification_code TEXT,             -- null when none was asked for
  etag              TEXT    NOT NULL
) WITHOUT ROWID;
`;
