import {
  HubError,
  LIMITS,
  type Page,
  type PropertyHistory,
  type TwinVersion,
  type TwinVersionRow,
} from '@viaduct/contracts';
import { getDevice } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { readPropertyHistory } from '../history/property-history.ts';
import { getTwinVersion, listTwinVersions } from '../history/twin-history.ts';
import type { ConsoleParts } from './console-parts.ts';
import { IDENTITY_PATHS, type OfIdentity } from './identity-paths.ts';

interface OfList extends OfIdentity {
  Querystring: { before?: string; limit?: string };
}

interface OfProperty extends OfIdentity {
  Querystring: { name?: string; component?: string };
}

interface OfVersion extends OfIdentity {
  Params: OfIdentity['Params'] & { version: string };
}

/** What a twin was, when it changed, and what became of one of its properties. */
export function twinHistoryRoutes(app: FastifyInstance, { hub, history }: ConsoleParts): void {
  for (const path of IDENTITY_PATHS) {
    app.get<OfList>(`${path}/twin/versions`, async ({ params, query }): Promise<Page<TwinVersionRow>> => {
      const device = await getDevice(hub, params);
      const limit = Math.min(count(query.limit ?? '50', 'limit'), LIMITS.TWIN_VERSIONS_MAX);
      const before = query.before === undefined ? null : count(query.before, 'before');
      const { items, total, isCut } = await listTwinVersions(history, device, { before, limit });
      return { items, total, ...(isCut ? { cursor: String(items.at(-1)?.version ?? 1) } : {}) };
    });

    app.get<OfProperty>(`${path}/twin/property`, async ({ params, query }): Promise<PropertyHistory> => {
      const { name, component = '' } = query;
      if (name === undefined || name === '')
        throw new HubError('argument.invalid', 'name says which property is meant');
      return readPropertyHistory(history, await getDevice(hub, params), { component: component || null, name });
    });

    app.get<OfVersion>(`${path}/twin/versions/:version`, async ({ params }): Promise<TwinVersion> => {
      const device = await getDevice(hub, params);
      return getTwinVersion(history, device, count(params.version, 'version'));
    });
  }
}

function count(text: string, name: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new HubError('argument.invalid', `${name} is a whole number from 1 on`);
}
