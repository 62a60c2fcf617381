import type { DirectoryColumn, DirectoryOrder } from '@viaduct/contracts';

/** A column of the table beside the device's name, which is always there. */
export interface DeviceColumn {
  /** Of a property, its path behind `.`: no property can be taken for one of ours. */
  readonly id: string;
  readonly title: string;
  /** Absent: it cannot be sorted by. */
  readonly orderBy?: DirectoryOrder;
}

const OWN_COLUMNS: readonly DeviceColumn[] = [
  { id: 'deviceId', title: 'Id', orderBy: 'id' },
  { id: 'state', title: 'State', orderBy: 'connected' },
  { id: 'template', title: 'Model', orderBy: 'template' },
  { id: 'lastSeen', title: 'Last seen', orderBy: 'lastSeenTime' },
  { id: 'created', title: 'Created', orderBy: 'createdTime' },
  { id: 'organization', title: 'Organization', orderBy: 'organization' },
];
export const FIRST_COLUMNS: readonly string[] = ['deviceId', 'state', 'template', 'lastSeen'];
/** As many properties as the server gives at once. */
const PROPERTIES_MAX = 20;

/** All that may be chosen: our own, then the properties that devices have. */
export function offeredColumns(properties: readonly DirectoryColumn[]): readonly DeviceColumn[] {
  const named = properties.map(({ path, displayName, unit }) => {
    const title = displayName ?? path;
    return { id: `.${path}`, title: unit === null ? title : `${title} (${unit})` };
  });
  return [...OWN_COLUMNS, ...named];
}

/** Those that were chosen, in the order in which they are offered; what nobody offers any more is shown by its path. */
export function chosenColumns(ids: readonly string[], offered: readonly DeviceColumn[]): readonly DeviceColumn[] {
  const known = offered.filter(({ id }) => ids.includes(id));
  const gone = ids.filter((id) => id.startsWith('.') && !offered.some((column) => column.id === id));
  return [...known, ...gone.map((id) => ({ id, title: id.slice(1) }))];
}

/** Paths of the properties among them, as the server is asked for them. */
export function propertyPaths(columns: readonly DeviceColumn[]): readonly string[] {
  const paths = columns.filter(({ id }) => id.startsWith('.')).map(({ id }) => id.slice(1));
  return paths.slice(0, PROPERTIES_MAX);
}
