import { HubError, type LandingChange, type LandingDashboards } from '@viaduct/contracts';
import type { Caller } from '../access/caller.ts';
import { requirePermission } from '../access/permissions.ts';
import type { CentralStore } from '../store/central-store.ts';
import type { Dashboards } from './dashboards.ts';

/** Whoever has not chosen. No person has an empty name. */
const EVERYBODY = '';

/** What a person begins with: their choice, and everybody's. A dashboard that they may not see, or that is gone, is no choice. */
export async function landingDashboards(
  { tables }: CentralStore,
  dashboards: Dashboards,
  caller: Caller,
): Promise<LandingDashboards> {
  const rows = await tables
    .selectFrom('landing_dashboard')
    .selectAll()
    .where('user_name', 'in', [caller.name, EVERYBODY])
    .execute();
  const visible = new Set((await dashboards.list(caller)).map(({ id }) => id));
  const chosen = (isEverybodys: boolean) =>
    rows.find((row) => (row.user_name === EVERYBODY) === isEverybodys && visible.has(row.dashboard_id))?.dashboard_id ??
    null;
  return { own: chosen(false), everybody: chosen(true) };
}

/**
 * Null takes the choice back.
 * @throws HubError central.notFound, central.forbidden: for everybody, without `dashboard.write`, or one that is not shared
 */
export async function chooseLanding(
  { tables }: CentralStore,
  dashboards: Dashboards,
  caller: Caller,
  { whose, dashboardId }: LandingChange,
): Promise<void> {
  const isEverybodys = whose === 'everybody';
  if (isEverybodys) requirePermission(caller, 'dashboard.write');
  const user_name = isEverybodys ? EVERYBODY : caller.name;
  if (dashboardId === null) {
    await tables.deleteFrom('landing_dashboard').where('user_name', '=', user_name).execute();
    return;
  }
  const { personal } = await dashboards.get(caller, dashboardId);
  if (isEverybodys && personal) {
    throw new HubError('central.forbidden', 'the dashboard is personal: nobody else could see it; share it first');
  }
  await tables
    .insertInto('landing_dashboard')
    .values({ user_name, dashboard_id: dashboardId })
    .onConflict((conflict) => conflict.column('user_name').doUpdateSet({ dashboard_id: dashboardId }))
    .execute();
}
