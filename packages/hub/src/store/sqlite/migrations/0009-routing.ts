export const routing = `
-- 0009-routing
-- Why   Where messages go is said by operators and outlives a restart. Each table of routes is kept with the offsets of the log from
--       which it applies, so that a record is routed by the table it was written under, whoever reads it and whenever (ADR 0011).
-- Cost  Empty tables. A version is some hundred bytes a route; those whose records retention removed are deleted.
-- Back  Earlier versions do not know the tables; what was routed elsewhere is then seen at the built-in endpoint again.

CREATE TABLE routing (
  id             INTEGER PRIMARY KEY NOT NULL CHECK (id = 1),
  version        INTEGER NOT NULL,   -- counts saves
  etag           TEXT NOT NULL,
  saved_time     INTEGER NOT NULL,
  routes         TEXT NOT NULL,      -- JSON, as are the next two
  enrichments    TEXT NOT NULL,
  fallback_route TEXT NOT NULL
);

CREATE TABLE endpoint (
  id            TEXT PRIMARY KEY NOT NULL,
  position      INTEGER NOT NULL,    -- in the order in which they were saved
  name          TEXT NOT NULL,
  kind          TEXT NOT NULL,
  configuration BLOB NOT NULL,       -- JSON, sealed: it holds passwords
  is_paused     INTEGER NOT NULL,
  created_time  INTEGER NOT NULL
);
CREATE UNIQUE INDEX endpoint_by_name ON endpoint (name COLLATE NOCASE);

CREATE TABLE routing_version (
  version      INTEGER PRIMARY KEY NOT NULL,
  applies_from TEXT NOT NULL,        -- JSON: an offset for each partition of the log
  content      TEXT NOT NULL         -- JSON: routes, enrichments, fallbackRoute, endpointIds
);

CREATE TABLE endpoint_loss (
  id          INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL,
  endpoint_id TEXT NOT NULL,
  kind        TEXT NOT NULL,
  count       INTEGER NOT NULL,
  partition   INTEGER NOT NULL,
  from_offset INTEGER NOT NULL,
  to_offset   INTEGER NOT NULL,
  from_time   INTEGER,
  to_time     INTEGER,
  device_id   TEXT,
  message     TEXT NOT NULL,
  time        INTEGER NOT NULL
);
CREATE INDEX endpoint_loss_by_endpoint ON endpoint_loss (endpoint_id, id);
`;
