export const consumerGroups = `
-- 0013-consumer-groups
-- Why   Consumer groups are made and removed by people while the server runs, and are still there after a restart.
-- Cost  A table of at most LIMITS.CONSUMER_GROUPS_MAX rows. The row of $Default also remembers since when there are events.
-- Back  Earlier versions do not know the table and have $Default only.

CREATE TABLE consumer_group (
  name         TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
  created_time INTEGER NOT NULL -- ms since 1970
) WITHOUT ROWID;
`;
