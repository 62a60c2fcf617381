/**
 * Why   When devices came and left, over as long as anything is kept: the hub has the last hundred stays.
 * Cost  None: a new table.
 * Back  An older version ignores it.
 */
export const CONNECTION_CHANGES = `
CREATE TABLE connection_change (
  identity VARCHAR NOT NULL,
  generation_id VARCHAR NOT NULL,
  time UBIGINT NOT NULL,         -- ms since 1970
  is_connected BOOLEAN NOT NULL  -- after it
);
`;
