export const initial = `
-- 0001-initial
-- Why   Identities, twins, commands, feedback, subscriptions, policies and refusals: everything but messages.
-- Cost  An empty database: none.
-- Back  There is nothing before it.

CREATE TABLE identity (
  device_id              TEXT    NOT NULL,
  module_id              TEXT    NOT NULL, -- '' for the device itself
  generation_id          TEXT    NOT NULL,
  etag                   TEXT    NOT NULL,
  status                 TEXT    NOT NULL CHECK (status IN ('enabled', 'disabled')),
  status_reason          TEXT,
  status_updated_time    INTEGER NOT NULL, -- ms since 1970; 0 is never
  created_time           INTEGER NOT NULL,
  authentication_type    TEXT    NOT NULL,
  primary_key            BLOB,             -- sealed
  secondary_key          BLOB,             -- sealed
  primary_thumbprint     TEXT,
  secondary_thumbprint   TEXT,
  iot_edge               INTEGER NOT NULL CHECK (iot_edge IN (0, 1)),
  device_scope           TEXT,
  parent_scopes          TEXT    NOT NULL, -- JSON array
  model_id               TEXT,
  PRIMARY KEY (device_id, module_id)
);

-- Apart from identity: it changes all the time and is written behind.
CREATE TABLE presence (
  device_id                     TEXT    NOT NULL,
  module_id                     TEXT    NOT NULL,
  connected                     INTEGER NOT NULL CHECK (connected IN (0, 1)),
  connection_state_updated_time INTEGER NOT NULL,
  last_activity_time            INTEGER NOT NULL,
  PRIMARY KEY (device_id, module_id)
);

CREATE TABLE twin (
  device_id         TEXT    NOT NULL,
  module_id         TEXT    NOT NULL,
  version           INTEGER NOT NULL,
  etag              TEXT    NOT NULL,
  tags              TEXT    NOT NULL, -- JSON, like the four below
  desired           TEXT    NOT NULL,
  desired_metadata  TEXT    NOT NULL,
  desired_version   INTEGER NOT NULL,
  reported          TEXT    NOT NULL,
  reported_metadata TEXT    NOT NULL,
  reported_version  INTEGER NOT NULL,
  revision          INTEGER NOT NULL, -- counts every write
  PRIMARY KEY (device_id, module_id)
);

CREATE TABLE command (
  sequence_number INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice, also after a deletion
  device_id       TEXT    NOT NULL,
  module_id       TEXT    NOT NULL,
  generation_id   TEXT    NOT NULL,
  body            BLOB    NOT NULL,
  system          TEXT    NOT NULL, -- JSON
  application     TEXT    NOT NULL, -- JSON
  ack             TEXT    NOT NULL,
  enqueued_time   INTEGER NOT NULL,
  expiry_time     INTEGER NOT NULL,
  delivery_count  INTEGER NOT NULL,
  lock_token      TEXT,             -- null while it waits
  locked_until    INTEGER NOT NULL
);
CREATE INDEX command_of_identity ON command (device_id, module_id, sequence_number);
CREATE INDEX command_by_expiry ON command (expiry_time);
CREATE INDEX command_by_lock ON command (locked_until) WHERE lock_token IS NOT NULL;

CREATE TABLE feedback (
  id                  INTEGER PRIMARY KEY AUTOINCREMENT,
  original_message_id TEXT    NOT NULL,
  outcome             TEXT    NOT NULL,
  generation_id       TEXT    NOT NULL,
  device_id           TEXT    NOT NULL,
  enqueued_time       INTEGER NOT NULL,
  delivery_count      INTEGER NOT NULL,
  lock_token          TEXT,
  locked_until        INTEGER NOT NULL
);
CREATE INDEX feedback_by_lock ON feedback (lock_token) WHERE lock_token IS NOT NULL;

CREATE TABLE subscription (
  device_id TEXT NOT NULL,
  module_id TEXT NOT NULL,
  filters   TEXT NOT NULL, -- JSON: pairs of filter and granted QoS, in order of subscription
  PRIMARY KEY (device_id, module_id)
);

CREATE TABLE policy (
  name          TEXT PRIMARY KEY NOT NULL,
  primary_key   BLOB NOT NULL, -- sealed
  secondary_key BLOB NOT NULL, -- sealed
  rights        TEXT NOT NULL  -- JSON array
);

CREATE TABLE refusal (
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  device_id      TEXT    NOT NULL, -- '' when the client claimed no valid id
  code           TEXT    NOT NULL,
  transport      TEXT    NOT NULL,
  remote_address TEXT    NOT NULL,
  first_time     INTEGER NOT NULL,
  last_time      INTEGER NOT NULL,
  message        TEXT    NOT NULL,
  count          INTEGER NOT NULL
);
CREATE UNIQUE INDEX refusal_of_device ON refusal (device_id, code, transport, remote_address, first_time);

-- Whether the encryption key fits is known at once, not when the first device connects.
CREATE TABLE key_check (sealed BLOB NOT NULL);
`;
