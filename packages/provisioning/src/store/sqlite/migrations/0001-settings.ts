export const settings = `
-- 0001-settings
-- Why   What the provisioning service is: its id scope, by which devices know it, and what it is set to. Made once and kept.
-- Cost  One row.
-- Back  Not possible: there is no earlier version.

CREATE TABLE settings (
  id                INTEGER PRIMARY KEY CHECK (id = 1),
  id_scope          TEXT NOT NULL, -- 0ne and eight hex digits
  allocation_policy TEXT NOT NULL, -- of enrolments that name none
  etag              TEXT NOT NULL,
  secret            BLOB NOT NULL  -- sealed; 32 bytes, base64: keys that need not be kept are derived from it
);
`;
