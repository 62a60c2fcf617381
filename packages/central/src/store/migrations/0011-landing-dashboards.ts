/**
 * 0011-landing-dashboards
 * Why   A person begins with the dashboard of their choice, or with the one that is everybody's.
 * Cost  Makes an empty table.
 * Back  The version before refuses the file by its format. Dropping the table and lowering user_version by one leads back.
 */
export const landingDashboards = `
CREATE TABLE landing_dashboard (
  user_name    TEXT NOT NULL PRIMARY KEY COLLATE NOCASE, -- empty: of who has not chosen
  dashboard_id TEXT NOT NULL REFERENCES dashboard (dashboard_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
CREATE INDEX landing_by_dashboard ON landing_dashboard (dashboard_id);
`;
