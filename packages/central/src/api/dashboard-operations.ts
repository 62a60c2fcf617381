import type { Dashboard, DashboardContent } from '@viaduct/contracts';
import type { Caller } from '../access/caller.ts';
import type { Central } from '../central.ts';
import { mergePatch } from './merge-patch.ts';
import type { ServeOperation } from './operation.ts';
import { orderByName } from './order-by-name.ts';
import { pageOf } from './read-page.ts';
import { requireValid } from './validate.ts';

interface DashboardBody extends Omit<DashboardContent, 'tiles'> {
  readonly tiles?: DashboardContent['tiles'];
  readonly favorite?: boolean;
}

/** Dashboards, shared ones; a person with a session has personal ones too, which are made in the console. */
export function dashboardOperations({ dashboards }: Central, serve: ServeOperation): void {
  const mark = async (caller: Caller, id: string, { favorite }: DashboardBody) => {
    if (favorite !== undefined) await dashboards.setFavorite(caller, id, favorite);
    return dashboardDocument(await dashboards.get(caller, id));
  };

  serve('Dashboards_List', 'dashboard.read', async (caller, request) =>
    pageOf(
      request,
      orderByName(request, await dashboards.list(caller), 'dashboards').map(dashboardDocument),
      ({ id }) => id,
    ),
  );
  serve('Dashboards_Get', 'dashboard.read', async (caller, { params }) =>
    dashboardDocument(await dashboards.get(caller, params.dashboardId ?? '')),
  );
  serve('Dashboards_Create', 'dashboard.write', async (caller, { params, body, ifMatch }) => {
    const id = params.dashboardId ?? '';
    const wanted = body as DashboardBody;
    const known = (await dashboards.list(caller)).find((dashboard) => dashboard.id === id);
    if (known === undefined) await dashboards.create(caller, { ...contentOf(wanted), personal: false }, id);
    else await dashboards.change(caller, id, { ...contentOf(wanted), personal: known.personal }, ifMatch);
    return mark(caller, id, wanted);
  });
  serve('Dashboards_Update', 'dashboard.write', async (caller, { params, body, ifMatch }) => {
    const before = await dashboards.get(caller, params.dashboardId ?? '');
    const merged = mergePatch(dashboardDocument(before), body) as DashboardBody;
    requireValid('Dashboard', merged);
    await dashboards.change(
      caller,
      before.id,
      { ...contentOf(merged), personal: before.personal },
      ifMatch ?? before.etag,
    );
    return mark(caller, before.id, merged);
  });
  serve('Dashboards_Remove', 'dashboard.write', (caller, { params, ifMatch }) =>
    dashboards.remove(caller, params.dashboardId ?? '', ifMatch),
  );
}

/** What Azure's document has, and `extension`. */
function dashboardDocument({ owner: _owner, updatedAt: _updatedAt, ...document }: Dashboard) {
  return document;
}

function contentOf({ displayName, tiles = [], organizations, extension }: DashboardBody): DashboardContent {
  return {
    displayName,
    tiles,
    ...(organizations === undefined ? {} : { organizations }),
    ...(extension === undefined ? {} : { extension }),
  };
}
