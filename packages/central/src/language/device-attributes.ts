import { LIMITS } from '@viaduct/contracts';
import type { CentralDevice, DeviceDirectory } from '../directory/device-directory.ts';
import type { DeviceFilter } from '../directory/device-filter.ts';
import { columnName } from './parse-central-query.ts';
import type { Field, MetaName } from './query-syntax.ts';
import type { TelemetryField } from './telemetry-plan.ts';

/** One fact of each device, by device id: JSON values; absent where a device does not have it. */
export type DeviceAttribute = ReadonlyMap<string, unknown>;

/** What stands in columns beside telemetry, of those devices that have any. */
export async function readAttributes(
  directory: Pick<DeviceDirectory, 'list' | 'values'>,
  filter: DeviceFilter | null,
  fields: readonly TelemetryField[],
  wanted: readonly Field[],
): Promise<ReadonlyMap<string, DeviceAttribute>> {
  const attributes = new Map<string, DeviceAttribute>();
  if (wanted.length === 0) return attributes;
  const deviceIds = [...new Set(fields.flatMap(({ series }) => series.map(({ deviceId }) => deviceId)))];
  const properties = wanted.filter((field) => field.kind === 'path');
  const values = await directory.values(
    deviceIds,
    properties.map(({ path }) => ({ component: null, path })),
  );
  for (const [index, field] of properties.entries()) {
    attributes.set(columnName(field), new Map([...values].map(([deviceId, row]) => [deviceId, row[index] ?? null])));
  }
  const meta = wanted.filter((field) => field.kind === 'meta');
  if (meta.length === 0) return attributes;
  const devices = await listAll(directory, filter);
  for (const field of meta) {
    attributes.set(columnName(field), new Map(devices.map((device) => [device.deviceId, metaOf(device, field.name)])));
  }
  return attributes;
}

/** Every device of a filter, a page at a time. */
export async function listAll(
  directory: Pick<DeviceDirectory, 'list' | 'values'>,
  filter: DeviceFilter | null,
  max: number = LIMITS.CENTRAL_QUERY_DEVICES_MAX,
): Promise<readonly CentralDevice[]> {
  const devices: CentralDevice[] = [];
  let cursor: string | undefined;
  do {
    const page = await directory.list({
      limit: Math.min(PAGE_DEVICES, max - devices.length),
      ...(filter !== null && { filter }),
      ...(cursor !== undefined && { cursor }),
    });
    devices.push(...page.items);
    cursor = page.cursor;
  } while (cursor !== undefined && devices.length < max);
  return devices;
}

const PAGE_DEVICES = 1_000;

/** As a column has it: times as instants, what is never as null. */
export function metaOf(device: CentralDevice, name: MetaName): unknown {
  switch (name) {
    case 'id':
      return device.deviceId;
    case 'template':
      return device.templateId;
    case 'organization':
      return device.organizations[0] ?? null;
    case 'type':
      return device.isEdge ? 'EdgeDevice' : null;
    case 'createdTime':
    case 'lastSeenTime':
      return device[name] === 0 ? null : new Date(device[name]).toISOString();
    case 'ts':
    case 'group':
      return null;
    default:
      return device[name];
  }
}
