/**
 * 0007-command-runs
 * Why   Which commands a device was given and what it answered is asked for later, by REST and in the console; and which devices are behind
 *       which gateway.
 * Cost  Makes empty tables.
 * Back  The version before refuses the file by its format. Dropping the tables and lowering user_version by one leads back.
 */
export const commandRuns = `
CREATE TABLE command_run (
  number        INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- never used twice, so it can be a cursor
  run_id        TEXT    NOT NULL,
  device_id     TEXT    NOT NULL,
  module_id     TEXT    NOT NULL, -- '' for the device itself
  component     TEXT    NOT NULL, -- '' for the root
  name          TEXT    NOT NULL,
  request       TEXT, -- JSON; null for none, or too large
  response      TEXT, -- JSON; null for none, or too large
  response_code INTEGER, -- null for one that waits in the queue of a device
  caller        TEXT    NOT NULL,
  time          INTEGER NOT NULL -- ms since 1970
) STRICT;
CREATE INDEX command_run_by_device ON command_run (device_id, number);

CREATE TABLE device_relationship (
  relationship_id TEXT NOT NULL PRIMARY KEY,
  source          TEXT NOT NULL, -- the gateway
  target          TEXT NOT NULL, -- who is behind it
  UNIQUE (source, target)
) STRICT, WITHOUT ROWID;
CREATE INDEX device_relationship_by_target ON device_relationship (target);
`;
