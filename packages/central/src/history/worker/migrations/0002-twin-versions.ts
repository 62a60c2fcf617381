/**
 * Why   What became of twins, so that any version of the past can be shown.
 * Cost  None: a new table.
 * Back  An older version ignores it.
 */
export const TWIN_VERSIONS = `
CREATE TABLE twin_version (
  identity VARCHAR NOT NULL,
  generation_id VARCHAR NOT NULL,
  version UINTEGER NOT NULL,     -- counts the changes of this twin, from 1
  time UBIGINT NOT NULL,         -- ms since 1970
  section VARCHAR NOT NULL,      -- desired | reported | tags
  section_version UBIGINT,       -- its $version after the change
  paths VARCHAR NOT NULL,        -- JSON array
  is_whole BOOLEAN NOT NULL,     -- what body is: the whole twin after the change, or the change
  body VARCHAR NOT NULL          -- JSON
);
`;
