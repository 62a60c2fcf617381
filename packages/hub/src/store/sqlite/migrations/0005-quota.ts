export const quota = `
-- 0005-quota
-- Why   A restart in the afternoon must not give back the messages of the morning.
-- Cost  An empty table; with a quota, one row.
-- Back  Earlier versions do not know the table, and have no quota.

CREATE TABLE quota (
  day  INTEGER PRIMARY KEY NOT NULL, -- since 1970-01-01, UTC
  used INTEGER NOT NULL              -- pieces of 4,096 bytes
);
`;
