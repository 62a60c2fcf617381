import type { CentralDevice, DeviceDirectory } from '../directory/device-directory.ts';
import type { DeviceField, DeviceFilter, FilterValue } from '../directory/device-filter.ts';

type Listed = Pick<DeviceDirectory, 'list' | 'idsOf' | 'values'>;

/** A directory of a handful of devices with their properties, in memory. */
export function listedDirectory(
  devices: readonly (Partial<CentralDevice> & { deviceId: string; properties?: Record<string, unknown> })[],
): Listed {
  const known = devices
    .map(({ properties = {}, ...device }) => ({
      properties,
      device: { ...NEW_DEVICE, displayName: device.deviceId, ...device },
    }))
    .sort((one, other) => (one.device.deviceId < other.device.deviceId ? -1 : 1));
  const matching = (filter?: DeviceFilter) =>
    known.filter(({ device, properties }) => filter === undefined || matches(filter, device, properties));
  return {
    async list({ filter, limit, cursor = '' }) {
      const rest = matching(filter).filter(({ device }) => device.deviceId > cursor);
      const items = rest.slice(0, limit).map(({ device }) => device);
      return { items, total: known.length, ...(rest.length > limit && { cursor: items.at(-1)!.deviceId }) };
    },
    async idsOf(filter, max) {
      const ids = matching(filter).map(({ device }) => device.deviceId);
      return { deviceIds: ids.slice(0, max), isCut: ids.length > max };
    },
    async values(deviceIds, fields) {
      const of = (deviceId: string) => known.find(({ device }) => device.deviceId === deviceId)?.properties ?? {};
      return new Map(
        deviceIds.map((deviceId) => [deviceId, fields.map(({ path }) => memberOf(of(deviceId), path) ?? null)]),
      );
    },
  };
}

const NEW_DEVICE = {
  ...{
    templateId: null,
    modelId: null,
    simulated: false,
    enabled: true,
    provisioned: true,
    approved: true,
    organizations: [],
  },
  ...{ isEdge: false, etag: '"1"', createdTime: 0, connected: false, lastSeenTime: 0 },
};

function memberOf(value: unknown, path: readonly string[]): unknown {
  return path.reduce((member: unknown, step) => (member as Record<string, unknown> | undefined)?.[step], value);
}

function matches(filter: DeviceFilter, device: CentralDevice, properties: Record<string, unknown>): boolean {
  switch (filter.kind) {
    case 'and':
      return filter.terms.every((term) => matches(term, device, properties));
    case 'or':
      return filter.terms.some((term) => matches(term, device, properties));
    case 'not':
      return !matches(filter.term, device, properties);
    case 'in':
      return filter.values.some((value) => value === fieldOf(filter.field, device, properties));
    case 'isNull':
      return (fieldOf(filter.field, device, properties) ?? null) === null;
    case 'contains':
      return String(fieldOf(filter.field, device, properties))
        .toLowerCase()
        .includes(filter.text.toLowerCase());
    case 'startsWith':
      return String(fieldOf(filter.field, device, properties))
        .toLowerCase()
        .startsWith(filter.text.toLowerCase());
    case 'compare':
      return compares(fieldOf(filter.field, device, properties), filter.operator, filter.value);
    default:
      return filter satisfies never;
  }
}

function compares(value: unknown, operator: string, wanted: FilterValue): boolean {
  if (operator === '=') return value === wanted;
  if (operator === '!=') return value !== wanted;
  if (typeof value !== 'number' || typeof wanted !== 'number') return false;
  if (operator === '<' || operator === '<=') return operator === '<' ? value < wanted : value <= wanted;
  return operator === '>' ? value > wanted : value >= wanted;
}

function fieldOf(field: DeviceField, device: CentralDevice, properties: Record<string, unknown>): unknown {
  if (field.kind === 'property') return memberOf(properties, field.path);
  if (field.name === 'id') return device.deviceId;
  if (field.name === 'template') return device.templateId;
  return device[field.name as keyof CentralDevice];
}
