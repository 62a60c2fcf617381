export const files = `
-- 0004-files
-- Why   Files of devices: which blob is which content file, what is staged, which uploads have not ended, whom to tell (ADR 0009).
-- Cost  Empty tables; later a row a blob, a block and an upload. The content itself is in the folder beside the database.
-- Back  Earlier versions do not know the tables; files stay in the folder, out of reach until the newer version is back.

CREATE TABLE blob (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  container           TEXT    NOT NULL,
  name                BLOB    NOT NULL, -- UTF-8: bytes compare as the wire orders them, and hold any character
  etag                TEXT    NOT NULL,
  bytes               INTEGER NOT NULL,
  created_time        INTEGER NOT NULL, -- ms since 1970
  modified_time       INTEGER NOT NULL,
  content_type        TEXT,
  content_encoding    TEXT,
  content_language    TEXT,
  content_disposition TEXT,
  cache_control       TEXT,
  content_md5         TEXT,             -- base64
  metadata            TEXT    NOT NULL  -- JSON object of texts
);
CREATE UNIQUE INDEX blob_by_name ON blob (container, name);

-- A blob's content: these files, one after another.
CREATE TABLE blob_part (
  blob_id  INTEGER NOT NULL,
  position INTEGER NOT NULL,
  block_id TEXT    NOT NULL, -- '' for a blob that was put whole
  file     TEXT    NOT NULL,
  bytes    INTEGER NOT NULL,
  PRIMARY KEY (blob_id, position)
) WITHOUT ROWID;
CREATE INDEX blob_part_by_file ON blob_part (file);

CREATE TABLE blob_stage (
  container   TEXT    NOT NULL,
  name        BLOB    NOT NULL,
  block_id    TEXT    NOT NULL,
  file        TEXT    NOT NULL,
  bytes       INTEGER NOT NULL,
  staged_time INTEGER NOT NULL,
  PRIMARY KEY (container, name, block_id)
) WITHOUT ROWID;
CREATE INDEX blob_stage_by_time ON blob_stage (staged_time);
CREATE INDEX blob_stage_by_file ON blob_stage (file);

CREATE TABLE upload (
  correlation_id TEXT    PRIMARY KEY NOT NULL,
  device_id      TEXT    NOT NULL,
  module_id      TEXT    NOT NULL, -- '' for the device itself
  container      TEXT    NOT NULL,
  name           BLOB    NOT NULL,
  host_name      TEXT    NOT NULL,
  started_time   INTEGER NOT NULL,
  expiry_time    INTEGER NOT NULL
) WITHOUT ROWID;
CREATE INDEX upload_of_identity ON upload (device_id, module_id, expiry_time);
CREATE INDEX upload_by_expiry ON upload (expiry_time);
CREATE INDEX upload_of_blob ON upload (container, name);

CREATE TABLE file_notification (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id      TEXT    NOT NULL,
  blob_uri       TEXT    NOT NULL,
  blob_name      TEXT    NOT NULL,
  modified_time  INTEGER NOT NULL,
  bytes          INTEGER NOT NULL,
  enqueued_time  INTEGER NOT NULL,
  delivery_count INTEGER NOT NULL,
  lock_token     TEXT,             -- null while it waits
  locked_until   INTEGER NOT NULL
);
CREATE INDEX file_notification_by_lock ON file_notification (lock_token) WHERE lock_token IS NOT NULL;

-- What the hub signs with, made at the first start.
CREATE TABLE signing_key (
  name   TEXT PRIMARY KEY NOT NULL,
  sealed BLOB NOT NULL
);
`;
