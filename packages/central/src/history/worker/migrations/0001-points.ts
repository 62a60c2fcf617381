/**
 * Why   Points, what they are of, and how far the log was read: in one file, so that one transaction moves all three.
 * Cost  None: a new store.
 * Back  There is nothing to go back to.
 *
 * Points themselves are in tables of their own, made as parts come; see part-book.ts. No keys and no indexes: what must be unique is
 * made so by the one thread that writes, and DuckDB's indexes would have to fit into memory.
 */
export const POINTS = `
CREATE TABLE place (
  partition UINTEGER NOT NULL,   -- of the log
  next_offset UBIGINT NOT NULL,  -- the first that is not in the store
  last_time UBIGINT NOT NULL     -- enqueued time of the last that is, ms since 1970
);
CREATE TABLE series_kept (
  series_id UINTEGER NOT NULL,
  device_id VARCHAR NOT NULL,
  module_id VARCHAR NOT NULL,
  component VARCHAR NOT NULL,
  name VARCHAR NOT NULL,
  generation_id VARCHAR NOT NULL -- of the device: whoever gets its name later is another one
);
CREATE VIEW series AS SELECT series_id, device_id, module_id, component, name FROM series_kept;
-- Whose points are still to be removed.
CREATE TABLE series_gone (series_id UINTEGER NOT NULL);
-- Devices that were deleted: what they had said before may be read afterwards.
CREATE TABLE identity_gone (identity VARCHAR NOT NULL, generation_id VARCHAR NOT NULL, time UBIGINT NOT NULL);
-- Of what is no point, how much: by device or module.
CREATE TABLE dropped (identity VARCHAR NOT NULL, reason VARCHAR NOT NULL, count UBIGINT NOT NULL);
CREATE TABLE part (
  number UINTEGER NOT NULL,
  kind VARCHAR NOT NULL,         -- recent | sorted
  rows UBIGINT NOT NULL,
  enqueued_min UBIGINT NOT NULL, -- ms since 1970
  enqueued_max UBIGINT NOT NULL
);
CREATE TABLE counter (name VARCHAR NOT NULL, value UBIGINT NOT NULL);
INSERT INTO counter VALUES ('series', 0), ('part', 0);
-- The newest of each series among sorted parts, and of parts that are gone.
CREATE TABLE latest_kept (
  series_id UINTEGER NOT NULL, time TIMESTAMP_MS NOT NULL, enqueued_time TIMESTAMP_MS NOT NULL, seq USMALLINT NOT NULL,
  type UTINYINT NOT NULL, number DOUBLE, text VARCHAR
);
`;
