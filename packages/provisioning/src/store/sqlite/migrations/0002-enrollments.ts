export const enrollments = `
-- 0002-enrollments
-- Why   Who may come: individual enrolments and groups of them. One table, for all but the proof is the same; found by id without regard
--       to case, and listed in that order, which the index serves. What a proof or an allocation keeps secret is sealed together.
-- Cost  Nothing; the table is new.
-- Back  Version 0.1.0 before provisioning does not open the file at all.

CREATE TABLE enrollment (
  kind         TEXT NOT NULL CHECK (kind IN ('individual', 'group')),
  id           TEXT NOT NULL COLLATE NOCASE,
  status       TEXT NOT NULL CHECK (status IN ('enabled', 'disabled')),
  document     TEXT NOT NULL,    -- JSON: everything that has no column here
  secrets      BLOB NOT NULL,    -- sealed; JSON: keys, and the address of the allocation webhook
  created_time INTEGER NOT NULL,
  updated_time INTEGER NOT NULL,
  etag         TEXT NOT NULL
);
CREATE UNIQUE INDEX enrollment_by_id ON enrollment (kind, id);
`;
