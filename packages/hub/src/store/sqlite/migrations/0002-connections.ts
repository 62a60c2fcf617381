export const connections = `
-- 0002-connections
-- Why   An operator asks when a device was connected, from where, and why it left: the log knows only that it came and went.
-- Cost  An empty table and index; later a row a stay, LIMITS.CONNECTIONS_PER_DEVICE_MAX of an identity.
-- Back  Earlier versions do not know the table; what they connect is missing in it.

CREATE TABLE connection (
  device_id         TEXT    NOT NULL,
  module_id         TEXT    NOT NULL, -- '' for the device itself
  connected_time    INTEGER NOT NULL, -- ms since 1970
  disconnected_time INTEGER,          -- null while it lasts
  transport         TEXT    NOT NULL,
  remote_address    TEXT    NOT NULL,
  reason_code       TEXT,             -- null while it lasts, and when the device left in order
  reason_message    TEXT,
  PRIMARY KEY (device_id, module_id, connected_time)
) WITHOUT ROWID;

-- What a crash left open is found without reading the history of a million devices.
CREATE INDEX connection_open ON connection (connected_time) WHERE disconnected_time IS NULL;
`;
