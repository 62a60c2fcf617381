/**
 * 0003-templates
 * Why   Devices are assigned to templates: a model, and what central adds to it.
 * Cost  Makes an empty table.
 * Back  The version before refuses the file by its format. Dropping the table and setting user_version to 2 leads back.
 */
export const templates = `
CREATE TABLE device_template (
  template_id  TEXT    NOT NULL PRIMARY KEY,
  document     TEXT, -- JSON as REST has it; null while nothing is published
  draft        TEXT, -- JSON; null when it does not differ from what is published
  etag         TEXT    NOT NULL, -- new with each write
  created_time INTEGER NOT NULL, -- all times: ms since 1970
  updated_time INTEGER NOT NULL,
  CHECK (document IS NOT NULL OR draft IS NOT NULL)
) STRICT;
`;
