/**
 * 0010-view-edits
 * Why   Pages of devices are made by themselves; what people change of them (hide, rename, colour, order) is kept apart, as a layer.
 * Cost  Makes an empty table.
 * Back  The version before refuses the file by its format. Dropping the table and lowering user_version by one leads back.
 */
export const viewEdits = `
CREATE TABLE view_edits (
  scope        TEXT    NOT NULL CHECK (scope IN ('template', 'device')),
  owner_id     TEXT    NOT NULL, -- of the template or device; it may be gone, and who makes it anew finds its page
  edits        TEXT    NOT NULL CHECK (json_valid(edits)), -- by field and attribute: contracts/console-views.ts
  updated_time INTEGER NOT NULL, -- ms since 1970
  PRIMARY KEY (scope, owner_id)
) STRICT, WITHOUT ROWID;
`;
