/**
 * 0012-csv-imports
 * Why   An import of devices that was accepted goes on after a crash: how far it is, and what was refused, is kept beside its file.
 * Cost  Makes empty tables.
 * Back  The version before refuses the file by its format. Dropping the tables and lowering user_version by one leads back.
 */
export const csvImports = `
CREATE TABLE csv_import (
  number       INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, -- in the order in which they came
  import_id    TEXT    NOT NULL UNIQUE, -- a GUID; while it runs, its lines are in imports/{import_id}.csv of the data folder
  file_name    TEXT    NOT NULL, -- as whoever sent it calls it
  defaults     TEXT    NOT NULL CHECK (json_valid(defaults)), -- what is said of all lines: central's ImportDefaults
  state        TEXT    NOT NULL CHECK (state IN ('running', 'done', 'failed', 'cancelled')),
  lines        INTEGER, -- null until the file was counted
  lines_done   INTEGER NOT NULL,
  created      INTEGER NOT NULL,
  refused      INTEGER NOT NULL,
  step         TEXT    CHECK (step IS NULL OR json_valid(step)), -- lines under way: central's ImportStep
  problem      TEXT,
  started_time INTEGER NOT NULL, -- all times: ms since 1970
  ended_time   INTEGER
) STRICT;

CREATE TABLE csv_import_refusal (
  import_number INTEGER NOT NULL REFERENCES csv_import (number) ON DELETE CASCADE,
  line          INTEGER NOT NULL, -- in the file, from 1
  device_id     TEXT,
  code          TEXT    NOT NULL,
  message       TEXT    NOT NULL,
  PRIMARY KEY (import_number, line)
) STRICT, WITHOUT ROWID;
`;
