/** What a twin has at a path, if it can be found by equality. Of booleans a blob, so that they are no numbers and no texts. */
// 256 is LIMITS.QUERY_INDEX_TEXT_CHARACTERS_MAX, which can grow only with another migration.
const valueIn = (document: string) => `CASE json_type(${document}, path.json_path)
      WHEN 'text' THEN CASE WHEN length(${document} ->> path.json_path) <= 256 THEN ${document} ->> path.json_path END
      WHEN 'integer' THEN ${document} ->> path.json_path
      WHEN 'real' THEN ${document} ->> path.json_path
      WHEN 'true' THEN x'01'
      WHEN 'false' THEN x'00'
    END`;

/** Only where something changed at the path: most writes of a section leave it alone. */
const onUpdate = (section: string) => `
CREATE TRIGGER twin_value_of_${section} AFTER UPDATE OF ${section} ON twin WHEN OLD.${section} IS NOT NEW.${section} BEGIN
  DELETE FROM twin_value WHERE device_id = NEW.device_id AND module_id = NEW.module_id AND path_id IN (
    SELECT id FROM query_path AS path WHERE section = '${section}' AND state <> 'dropping'
    AND (OLD.${section} -> json_path) IS NOT (NEW.${section} -> json_path)
  );
  INSERT INTO twin_value (path_id, device_id, module_id, value)
  SELECT id, NEW.device_id, NEW.module_id, value FROM (
    SELECT id, ${valueIn(`NEW.${section}`)} AS value FROM query_path AS path
    WHERE section = '${section}' AND state <> 'dropping'
    AND (OLD.${section} -> json_path) IS NOT (NEW.${section} -> json_path)
  ) WHERE value IS NOT NULL;
END;
`;

export const queryPaths = `
-- 0006-query-paths
-- Why   A query by equality on a tag reads a million twins. What is asked for often is kept beside them, by value (ADR 0010).
-- Cost  Empty tables, and triggers that look at an empty table with every write of a twin. Filling comes later, in small pieces.
-- Back  Earlier versions write twins with these triggers in place; nothing is lost.

CREATE TABLE query_path (
  id               INTEGER PRIMARY KEY AUTOINCREMENT, -- never used twice: a query that was compiled for one must not find another
  section          TEXT    NOT NULL CHECK (section IN ('tags', 'desired', 'reported')),
  json_path        TEXT    NOT NULL,
  state            TEXT    NOT NULL CHECK (state IN ('filling', 'complete', 'dropping')),
  filled_device_id TEXT    NOT NULL, -- the last twin that was looked at, in order of the key
  filled_module_id TEXT    NOT NULL,
  asked            INTEGER NOT NULL, -- the number of the last query that used it, as all are counted
  UNIQUE (section, json_path)
);

CREATE TABLE twin_value (
  path_id   INTEGER NOT NULL,
  device_id TEXT    NOT NULL,
  module_id TEXT    NOT NULL,
  value     BLOB    NOT NULL, -- a text, a number, or x'00' and x'01'; every type stays what it is
  PRIMARY KEY (path_id, device_id, module_id)
) WITHOUT ROWID;
CREATE INDEX twin_value_by_value ON twin_value (path_id, value, device_id, module_id);

CREATE TRIGGER twin_value_of_insert AFTER INSERT ON twin BEGIN
  INSERT INTO twin_value (path_id, device_id, module_id, value)
  SELECT id, NEW.device_id, NEW.module_id, value FROM (
    SELECT id, CASE section
      WHEN 'tags' THEN ${valueIn('NEW.tags')}
      WHEN 'desired' THEN ${valueIn('NEW.desired')}
      ELSE ${valueIn('NEW.reported')}
    END AS value FROM query_path AS path WHERE state <> 'dropping'
  ) WHERE value IS NOT NULL;
END;
${onUpdate('tags')}${onUpdate('desired')}${onUpdate('reported')}
CREATE TRIGGER twin_value_of_delete AFTER DELETE ON twin BEGIN
  DELETE FROM twin_value
  WHERE device_id = OLD.device_id AND module_id = OLD.module_id AND path_id IN (SELECT id FROM query_path);
END;
`;
