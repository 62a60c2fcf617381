export const configurations = `
-- 0008-configurations
-- Why   What devices are to be configured with, how each fares, and what was set in its twin: that outlives a restart, for the
--       work of bringing it to 100,000 devices takes minutes, and what was set must be taken back some day.
-- Cost  Empty tables; later a row a configuration, one for each device it targets, and one for each device whose twin it changed.
-- Back  Earlier versions do not know the tables; what configurations set stays in the twins.

CREATE TABLE configuration (
  id               TEXT    PRIMARY KEY NOT NULL,
  kind             TEXT    NOT NULL, -- device, module, edge
  schema_version   TEXT    NOT NULL,
  labels           TEXT    NOT NULL, -- JSON object of texts
  content          TEXT    NOT NULL, -- JSON, as it was sent
  target_condition TEXT    NOT NULL,
  priority         INTEGER NOT NULL,
  metric_queries   TEXT    NOT NULL, -- JSON object of texts
  metric_results   TEXT    NOT NULL, -- JSON object of {count, error}
  created_time     INTEGER NOT NULL, -- ms since 1970
  updated_time     INTEGER NOT NULL,
  etag             TEXT    NOT NULL,
  revision         INTEGER NOT NULL, -- counts what devices have to hear of
  settled_revision INTEGER NOT NULL, -- the one that all of them have
  is_deleted       INTEGER NOT NULL  -- 1 until every device has lost it
) WITHOUT ROWID;

CREATE TABLE configuration_device (
  device_id        TEXT NOT NULL,
  module_id        TEXT NOT NULL, -- '' for the device itself
  configuration_id TEXT NOT NULL,
  status           TEXT NOT NULL, -- Targeted, Applied
  reason           TEXT,          -- why it is not applied, where that is not due to priority
  PRIMARY KEY (device_id, module_id, configuration_id)
) WITHOUT ROWID;
CREATE INDEX configuration_device_of ON configuration_device (configuration_id, device_id, module_id, status, reason);

-- What configurations have set in a desired section, whichever they were.
CREATE TABLE configuration_owned (
  device_id TEXT NOT NULL,
  module_id TEXT NOT NULL,
  paths     TEXT NOT NULL, -- JSON: paths as lists of keys
  by_edge   TEXT NOT NULL, -- the same, of the deployment of an Edge device
  PRIMARY KEY (device_id, module_id)
) WITHOUT ROWID;
`;
