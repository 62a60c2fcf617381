/**
 * 0011-landing-dashboards
 * Why   A person begins with the dashboard of their choice, or with the one that is everybody's. How lines share a chart has the same words
 *       in tiles and in explorations.
 * Cost  Makes an empty table; rewrites the dashboards and explorations that have the former words.
 * Back  The version before refuses the file by its format. Dropping the table and lowering user_version by one leads back.
 */
export const landingDashboards = `
CREATE TABLE landing_dashboard (
  user_name    TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, -- empty: of who has not chosen
  dashboard_id TEXT NOT NULL REFERENCES dashboard (dashboard_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX landing_by_dashboard ON landing_dashboard (dashboard_id);

-- In a text of JSON, quotes are escaped: this is never within what somebody wrote.
UPDATE dashboard SET content = replace(content, '"axes":"stacked"', '"axes":"lanes"') WHERE content LIKE '%"axes":"stacked"%';
UPDATE exploration SET view = replace(view, '"axes":"own"', '"axes":"overlap"') WHERE view LIKE '%"axes":"own"%';
`;
