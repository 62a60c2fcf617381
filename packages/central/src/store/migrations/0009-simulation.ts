/**
 * 0009-simulation
 * Why   A simulated device that somebody stopped, or slowed down, stays so when the server starts again.
 * Cost  Makes an empty table.
 * Back  The version before refuses the file by its format. Dropping the table and lowering user_version by one leads back.
 */
export const simulation = `
-- Only of devices that differ from the default. Which devices are simulated at all is the directory's to say.
CREATE TABLE simulation_plan (
  device_id        TEXT    NOT NULL PRIMARY KEY,
  is_running       INTEGER NOT NULL CHECK (is_running IN (0, 1)),
  interval_seconds INTEGER NOT NULL CHECK (interval_seconds >= 1)
) STRICT, WITHOUT ROWID;
`;
