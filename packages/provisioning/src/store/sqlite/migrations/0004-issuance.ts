export const issuance = `
-- 0004-issuance
-- Why   Certificates for devices that send a request for one: by which policy, and signed by whom. Authorities are added and never
--       changed but for leaves_until; they go when nothing relies on them any more. A device renews under the id that it has at its
--       hub, so for each certificate the registration is kept that it was issued to.
-- Cost  One row: the policy "default", which an operator may change or remove for good.
-- Back  An earlier version does not open the file.

CREATE TABLE credential_policy (
  name          TEXT PRIMARY KEY COLLATE NOCASE,
  validity_days INTEGER NOT NULL,
  key_types     TEXT NOT NULL, -- JSON array
  created_time  INTEGER NOT NULL,
  updated_time  INTEGER NOT NULL,
  etag          TEXT NOT NULL
) WITHOUT ROWID;

INSERT INTO credential_policy VALUES (
  'default', 30, '["EC-P256","EC-P384","RSA-2048","RSA-3072","RSA-4096"]',
  unixepoch() * 1000, unixepoch() * 1000, lower(hex(randomblob(8)))
);

CREATE TABLE authority (
  id           INTEGER PRIMARY KEY, -- counts up
  root_id      INTEGER REFERENCES authority (id), -- NULL: it is a root
  pem          TEXT NOT NULL,
  private_key  BLOB NOT NULL,    -- sealed; PKCS #8, base64
  valid_from   INTEGER NOT NULL,
  valid_to     INTEGER NOT NULL,
  leaves_until INTEGER NOT NULL  -- nothing that it signed holds longer
);

CREATE TABLE issued_certificate ( -- the last one of each registration
  registration_id TEXT PRIMARY KEY COLLATE NOCASE,
  device_id       TEXT NOT NULL, -- at its hub
  valid_to        INTEGER NOT NULL
) WITHOUT ROWID;

CREATE INDEX issued_certificate_of_device ON issued_certificate (device_id);
CREATE INDEX issued_certificate_ending ON issued_certificate (valid_to);
`;
