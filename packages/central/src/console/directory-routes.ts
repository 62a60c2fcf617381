import {
  DIRECTORY_ORDERS,
  type DirectoryChange,
  type DirectoryColumn,
  type DirectoryIds,
  type DirectoryQuery,
  type DirectoryRow,
  type DirectorySelection,
  LIMITS,
  type NewDirectoryDevice,
  type Page,
} from '@viaduct/contracts';
import type { FastifyInstance } from 'fastify';
import type { DeviceChange } from '../directory/device-directory.ts';
import type { DeviceFilter } from '../directory/device-filter.ts';
import { audited } from './audited.ts';
import type { ConsoleParts } from './console-parts.ts';
import { SELECTION, selectionFilter } from './directory-selection.ts';
import { cloudPropertyViews, directoryDevice, directoryRow } from './directory-view.ts';
import type { OfDevice } from './identity-paths.ts';

/** Devices as central knows them. */
export function directoryRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  const { store, devices, groups } = parts;

  app.get<{ Querystring: DirectoryQuery & { limit: number } }>(
    '/devices',
    { schema: { querystring: LIST } },
    ({ query }) => pageOfDevices(parts, query),
  );

  app.get('/directory/columns', () => columnsOf(parts));

  app.post<{ Body: DirectorySelection }>(
    '/directory/ids',
    { schema: { body: { type: 'object', additionalProperties: false, properties: SELECTION } } },
    async ({ body }): Promise<DirectoryIds> => {
      const filter: DeviceFilter = selectionFilter(groups, body) ?? { kind: 'and', terms: [] };
      return devices.idsOf(filter, LIMITS.DIRECTORY_IDS_MAX, body.search);
    },
  );

  app.post<{ Body: NewDirectoryDevice }>('/directory/devices', { schema: { body: NEW_DEVICE } }, (request) => {
    const { deviceId, ...device } = request.body;
    return audited(store, request, { action: 'device.create', object: deviceId }, async () =>
      directoryDevice(parts, await devices.create(deviceId, changeOf(device))),
    );
  });

  app.get<OfDevice>('/devices/:deviceId/directory', async ({ params }) =>
    directoryDevice(parts, await devices.get(params.deviceId)),
  );

  app.patch<OfDevice & { Body: DirectoryChange }>(
    '/devices/:deviceId/directory',
    { schema: { body: CHANGE } },
    (request) => {
      const { deviceId } = request.params;
      return audited(store, request, { action: 'device.change', object: deviceId }, async () => {
        const { etag, ...change } = request.body;
        const device = await devices.update(deviceId, changeOf(change), etag);
        parts.live.announceUpdate(deviceId);
        return directoryDevice(parts, device);
      });
    },
  );

  app.patch<OfDevice & { Body: Record<string, unknown> }>(
    '/devices/:deviceId/cloud-properties',
    { schema: { body: { type: 'object' } } },
    (request) => {
      const { deviceId } = request.params;
      return audited(store, request, { action: 'device.cloudProperties', object: deviceId }, async () => {
        await devices.patchCloudProperties(deviceId, request.body);
        parts.live.announceUpdate(deviceId);
        return cloudPropertyViews(parts, deviceId);
      });
    },
  );
}

async function pageOfDevices(
  parts: ConsoleParts,
  query: DirectoryQuery & { readonly limit: number },
): Promise<Page<DirectoryRow>> {
  const filter = selectionFilter(parts.groups, query);
  const page = await parts.devices.list({
    ...(filter && { filter }),
    ...(query.search === undefined ? {} : { search: query.search }),
    ...(query.orderBy === undefined ? {} : { orderBy: { field: query.orderBy, descending: query.order === 'desc' } }),
    ...(query.cursor === undefined ? {} : { cursor: query.cursor }),
    limit: query.limit,
  });
  const columns = (query.columns ?? '')
    .split(',')
    .filter((path) => path !== '')
    .slice(0, LIMITS.DIRECTORY_COLUMNS_MAX);
  const fields = columns.map((path) => ({ component: null, path: path.split('.') }));
  const ids = page.items.map(({ deviceId }) => deviceId);
  const values = fields.length === 0 ? new Map() : await parts.devices.values(ids, fields);
  const items = await Promise.all(
    page.items.map((device) => directoryRow(parts, device, values.get(device.deviceId) ?? [])),
  );
  return { ...page, items };
}

/** What any device has, with the words of a template where one has them. */
async function columnsOf({ devices, templates }: ConsoleParts): Promise<readonly DirectoryColumn[]> {
  const known = new Map<string, { readonly displayName: string; readonly unit: string | null }>();
  for (const { summary } of templates.list()) {
    for (const field of [...summary.properties, ...(summary.cloudProperties ?? [])]) {
      known.set(field.component === null ? field.name : `${field.component}.${field.name}`, field);
    }
  }
  const said = await devices.propertyPaths(LIMITS.DIRECTORY_COLUMNS_OFFERED_MAX);
  const paths = [...new Set([...known.keys(), ...said])].slice(0, LIMITS.DIRECTORY_COLUMNS_OFFERED_MAX);
  return paths.map((path) => ({
    path,
    displayName: known.get(path)?.displayName ?? null,
    unit: known.get(path)?.unit ?? null,
  }));
}

function changeOf({ organization, ...change }: Omit<DirectoryChange, 'etag'>): DeviceChange {
  return {
    ...change,
    ...(organization === undefined ? {} : { organizations: organization === null ? [] : [organization] }),
  };
}

const LIST = {
  type: 'object',
  properties: {
    ...SELECTION,
    orderBy: { enum: DIRECTORY_ORDERS },
    order: { enum: ['asc', 'desc'] },
    columns: { type: 'string', maxLength: 4_096 },
    cursor: { type: 'string', maxLength: 2_048 },
    limit: { type: 'integer', minimum: 1, maximum: LIMITS.CENTRAL_DEVICE_PAGE_MAX, default: 50 },
  },
} as const;
const OWN = {
  displayName: { type: 'string', minLength: 1, maxLength: LIMITS.CENTRAL_NAME_CHARACTERS_MAX },
  templateId: { type: ['string', 'null'], maxLength: 2_048 },
  organization: { type: ['string', 'null'], maxLength: 48 },
  approved: { type: 'boolean' },
  simulated: { type: 'boolean' },
} as const;
const NEW_DEVICE = {
  type: 'object',
  required: ['deviceId'],
  additionalProperties: false,
  properties: { deviceId: { type: 'string', maxLength: 1_024 }, ...OWN },
} as const;
const CHANGE = {
  type: 'object',
  additionalProperties: false,
  properties: { ...OWN, enabled: { type: 'boolean' }, etag: { type: 'string', maxLength: 128 } },
} as const;
