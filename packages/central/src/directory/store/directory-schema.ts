/**
 * The directory's own file, `directory.sqlite`: kept apart from `central.sqlite`, so that a fleet that changes five thousand twins a second
 * holds up nobody who signs in, and so that a thread of its own can write it (ADR 0014).
 *
 *     device         one row a device: what the hub has of it, and what only central knows (name, template, organization, cloud properties)
 *     device_search  index of three letters at a time over id and name
 *     path           names of properties, with dots: `thermostat1.targetTemperature`; each once
 *     value          one row a leaf of what a device reported, was told (desired), or is said to have (cloud)
 *     place          how far the log was read, in the transaction that wrote what it said
 *     state          `clean`: 1 when the server ended in order, else everything is compared with the hub's registry
 *
 * Times are ms since 1970; 0 is never.
 */
const v1 = `
CREATE TABLE device (
  device             INTEGER NOT NULL PRIMARY KEY,
  device_id          TEXT    NOT NULL UNIQUE,
  generation_id      TEXT    NOT NULL, -- another one is another device of the same id
  display_name       TEXT    NOT NULL,
  search_text        TEXT    NOT NULL, -- id and name
  template_id        TEXT,
  model_id           TEXT,
  organization       TEXT,
  simulated          INTEGER NOT NULL DEFAULT 0,
  enabled            INTEGER NOT NULL,
  provisioned        INTEGER NOT NULL DEFAULT 0,
  approved           INTEGER NOT NULL DEFAULT 1,
  is_edge            INTEGER NOT NULL,
  connected          INTEGER NOT NULL DEFAULT 0,
  etag               INTEGER NOT NULL DEFAULT 1, -- counts writes of what central knows
  created_time       INTEGER NOT NULL,
  last_seen_time     INTEGER NOT NULL DEFAULT 0,
  cloud_properties   TEXT    NOT NULL DEFAULT '{}', -- by name: {value, time}
  seen_round         INTEGER NOT NULL DEFAULT 0  -- of the last comparison with the hub
) STRICT;
CREATE INDEX device_by_name ON device (display_name COLLATE NOCASE, device_id);
CREATE INDEX device_by_template ON device (template_id, device_id);
CREATE INDEX device_by_created ON device (created_time, device_id);
CREATE INDEX device_by_seen ON device (last_seen_time, device_id);
CREATE INDEX device_by_organization ON device (organization) WHERE organization IS NOT NULL;
CREATE INDEX device_disabled ON device (device) WHERE enabled = 0;
CREATE INDEX device_simulated ON device (device) WHERE simulated = 1;
CREATE INDEX device_connected ON device (device) WHERE connected = 1;
CREATE INDEX device_unassigned ON device (model_id) WHERE template_id IS NULL AND model_id IS NOT NULL;

CREATE VIRTUAL TABLE device_search USING fts5 (search_text, content = 'device', content_rowid = 'device', tokenize = 'trigram');
CREATE TRIGGER device_search_insert AFTER INSERT ON device BEGIN
  INSERT INTO device_search (rowid, search_text) VALUES (new.device, new.search_text);
END;
CREATE TRIGGER device_search_delete AFTER DELETE ON device BEGIN
  INSERT INTO device_search (device_search, rowid, search_text) VALUES ('delete', old.device, old.search_text);
END;
CREATE TRIGGER device_search_update AFTER UPDATE OF search_text ON device WHEN old.search_text <> new.search_text BEGIN
  INSERT INTO device_search (device_search, rowid, search_text) VALUES ('delete', old.device, old.search_text);
  INSERT INTO device_search (rowid, search_text) VALUES (new.device, new.search_text);
END;

CREATE TABLE path (
  path_id INTEGER NOT NULL PRIMARY KEY,
  path    TEXT    NOT NULL UNIQUE
) STRICT;

CREATE TABLE value (
  path_id INTEGER NOT NULL,
  device  INTEGER NOT NULL,
  source  INTEGER NOT NULL, -- 1 reported, 2 desired, 3 cloud
  type    INTEGER NOT NULL, -- 1 number, 2 boolean, 3 string, 4 JSON, 5 null
  number  REAL,
  text    TEXT,
  PRIMARY KEY (path_id, device, source)
) STRICT, WITHOUT ROWID;
CREATE INDEX value_by_device ON value (device, source);

CREATE TABLE place (
  partition   INTEGER NOT NULL PRIMARY KEY,
  next_offset INTEGER NOT NULL
) STRICT;

CREATE TABLE state (
  name  TEXT    NOT NULL PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;
`;

/** A device is provisioned when it registered, too, and not only when it connected: everything is compared with the hub once more. */
const v2 = `DELETE FROM state WHERE name = 'clean';`;

/** Every script that ever made or changed the tables, in order; never edited once released. */
export const DIRECTORY_MIGRATIONS: readonly string[] = [v1, v2];

export const ValueSource = { reported: 1, desired: 2, cloud: 3 } as const;
export type ValueSource = (typeof ValueSource)[keyof typeof ValueSource];

export const ValueType = { number: 1, boolean: 2, string: 3, json: 4, null: 5 } as const;
export type ValueType = (typeof ValueType)[keyof typeof ValueType];
