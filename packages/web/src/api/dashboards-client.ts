import { queryOptions } from '@tanstack/react-query';
import {
  CONSOLE_API,
  type Dashboard,
  type DashboardChange,
  type DashboardImport,
  type DashboardSummary,
  type LandingChange,
  type LandingDashboards,
  type NewDashboard,
  type NewTile,
} from '@viaduct/contracts';
import { get, send } from './request.ts';

const pathOf = (id: string) => `/dashboards/${encodeURIComponent(id)}`;

export const dashboardsClient = {
  list: () => get<readonly DashboardSummary[]>('/dashboards'),
  find: (id: string) => get<Dashboard>(pathOf(id)),
  create: (body: NewDashboard) => send<Dashboard>('POST', '/dashboards', body),
  /** @throws ConsoleRefusal when somebody else changed it meanwhile */
  change: (id: string, body: DashboardChange) => send<Dashboard>('PUT', pathOf(id), body),
  remove: (id: string) => send<void>('DELETE', pathOf(id)),
  favorite: (id: string, favorite: boolean) => send<void>('PUT', `${pathOf(id)}/favorite`, { favorite }),
  copy: (id: string, body: { readonly displayName: string; readonly personal: boolean }) =>
    send<Dashboard>('POST', `${pathOf(id)}/copy`, body),
  pin: (id: string, tile: NewTile) => send<Dashboard>('POST', `${pathOf(id)}/tiles`, tile),
  chooseLanding: (body: LandingChange) => send<LandingDashboards>('PUT', '/landing-dashboards', body),
  import: (body: DashboardImport) => send<Dashboard>('POST', '/dashboards/import', body),
};

/** Where a dashboard is downloaded. */
export function dashboardFileUrl(id: string): string {
  return `${CONSOLE_API}${pathOf(id)}/file`;
}

export const dashboardsQuery = queryOptions({ queryKey: ['dashboards'], queryFn: dashboardsClient.list });

export const dashboardQuery = (id: string) =>
  queryOptions({ queryKey: ['dashboards', id], queryFn: () => dashboardsClient.find(id) });

/** What one begins with. */
export const landingQuery = queryOptions({
  queryKey: ['landing-dashboards'],
  queryFn: () => get<LandingDashboards>('/landing-dashboards'),
});
