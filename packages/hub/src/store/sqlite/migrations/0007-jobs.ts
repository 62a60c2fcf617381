export const jobs = `
-- 0007-jobs
-- Why   A job survives a restart, does each of its devices, and tells for thirty days how that went.
-- Cost  Empty tables; later a row a job and a row of some 150 bytes for each of its devices.
-- Back  Earlier versions do not know the tables, and do nothing about jobs that have not ended.
CREATE TABLE job (
  job_id          TEXT    PRIMARY KEY NOT NULL,
  type            TEXT    NOT NULL, -- scheduleUpdateTwin, scheduleDeviceMethod, import, export
  status          TEXT    NOT NULL, -- scheduled, queued, running, completed, failed, cancelled
  work            BLOB    NOT NULL, -- sealed JSON: what to do; addresses in it carry signatures
  created_time    INTEGER NOT NULL, -- ms since 1970, as all times
  start_time      INTEGER NOT NULL, -- when it was asked to begin
  started_time    INTEGER,
  ended_time      INTEGER,
  failure_reason  TEXT,
  settled         INTEGER NOT NULL, -- 1: ended, and no device of it waits or is under way
  targets_fixed   INTEGER NOT NULL, -- 1: job_device has all of its devices
  device_count    INTEGER NOT NULL, -- of an import or export: lines
  completed_count INTEGER NOT NULL,
  failed_count    INTEGER NOT NULL,
  cancelled_count INTEGER NOT NULL,
  progress        INTEGER NOT NULL, -- 0 to 100, of an import or export
  lines_done      INTEGER NOT NULL  -- of an import: read and applied
) WITHOUT ROWID;
CREATE INDEX job_by_time ON job (created_time, job_id);
CREATE INDEX job_unsettled ON job (status, start_time) WHERE settled = 0;
CREATE INDEX job_by_end ON job (ended_time) WHERE ended_time IS NOT NULL;

CREATE TABLE job_device (
  job_id        TEXT    NOT NULL,
  device_id     TEXT    NOT NULL,
  module_id     TEXT    NOT NULL, -- '' for the device itself
  status        TEXT    NOT NULL, -- pending, running, completed, failed, cancelled
  created_time  INTEGER NOT NULL,
  started_time  INTEGER,
  ended_time    INTEGER,
  response      TEXT,             -- JSON: {status, payload} of a method
  error_code    TEXT,             -- a row of the error table
  error_message TEXT,
  PRIMARY KEY (job_id, device_id, module_id)
) WITHOUT ROWID;
-- Whose turn it is, and who is under way, without reading those that are done.
CREATE INDEX job_device_by_status ON job_device (job_id, status, device_id, module_id);
CREATE INDEX job_device_by_device ON job_device (device_id, module_id);

-- Refused lines of an import, until its error log is written.
CREATE TABLE import_error (
  job_id TEXT    NOT NULL,
  line   INTEGER NOT NULL,
  text   TEXT    NOT NULL, -- JSON
  PRIMARY KEY (job_id, line)
) WITHOUT ROWID;
`;
