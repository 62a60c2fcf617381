export const registrations = `
-- 0003-registrations
-- Why   Where each device was sent or is being sent, the hubs there are, and who asked. A hub name of '.' is the hub of this server:
--       what it is called may change from start to start.
-- Cost  Three empty tables.
-- Back  Not possible: there is no earlier version.

CREATE TABLE registration (
  registration_id TEXT PRIMARY KEY COLLATE NOCASE,
  enrollment_kind TEXT NOT NULL,
  enrollment_id   TEXT NOT NULL COLLATE NOCASE,
  status          TEXT NOT NULL,
  operation_id    TEXT NOT NULL,
  pending         BLOB,          -- sealed JSON: proof and wishes of a device that is being assigned
  hub_name        TEXT,
  assigned_hub    TEXT,
  device_id       TEXT,
  facts           TEXT NOT NULL, -- JSON: what is only ever read with the rest
  created_time    INTEGER NOT NULL,
  updated_time    INTEGER NOT NULL,
  etag            TEXT NOT NULL
) WITHOUT ROWID;

CREATE INDEX registration_of_enrollment ON registration (enrollment_kind, enrollment_id, registration_id);
CREATE INDEX registration_assigning ON registration (registration_id) WHERE status = 'assigning';

CREATE TABLE attempt (
  id              INTEGER PRIMARY KEY,
  time            INTEGER NOT NULL,
  registration_id TEXT COLLATE NOCASE, -- NULL: what was claimed is none
  enrollment_kind TEXT,
  enrollment_id   TEXT COLLATE NOCASE,
  facts           TEXT NOT NULL        -- JSON: the rest
);

CREATE INDEX attempt_of_registration ON attempt (registration_id, id);
CREATE INDEX attempt_of_enrollment ON attempt (enrollment_kind, enrollment_id, id);

CREATE TABLE linked_hub (
  host_name         TEXT PRIMARY KEY, -- lower case
  connection_string BLOB,             -- sealed; NULL for the hub of this server
  ca_pem            TEXT,
  allocation_weight INTEGER NOT NULL CHECK (allocation_weight BETWEEN 1 AND 1000),
  takes_new_devices INTEGER NOT NULL,
  created_time      INTEGER NOT NULL,
  updated_time      INTEGER NOT NULL,
  etag              TEXT NOT NULL
);
`;
