import { people } from './0001-people.ts';
import { savedQueries } from './0002-saved-queries.ts';
import { templates } from './0003-templates.ts';
import { deviceGroups } from './0004-device-groups.ts';
import { apiAccess } from './0005-api-access.ts';
import { dashboards } from './0006-dashboards.ts';
import { commandRuns } from './0007-command-runs.ts';
import { explorations } from './0008-explorations.ts';
import { simulation } from './0009-simulation.ts';
import { viewEdits } from './0010-view-edits.ts';
import { landingDashboards } from './0011-landing-dashboards.ts';
import { csvImports } from './0012-csv-imports.ts';

/** Every script that ever made or changed the tables, in order; never edited once released. */
export const MIGRATIONS: readonly string[] = [
  people,
  savedQueries,
  templates,
  deviceGroups,
  apiAccess,
  dashboards,
  commandRuns,
  explorations,
  simulation,
  viewEdits,
  landingDashboards,
  csvImports,
];
