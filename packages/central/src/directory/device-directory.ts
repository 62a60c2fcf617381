import type { JsonObject } from '@viaduct/contracts';
import type { DeviceInput } from '@viaduct/hub';
import type { DeviceFilter, DeviceMeta } from './device-filter.ts';

/** A device as IoT Central's contract sees it: the hub's, and what only central knows. Times are ms since 1970; 0 is never. */
export interface CentralDevice {
  readonly deviceId: string;
  /** The id until somebody named it. */
  readonly displayName: string;
  /** Null: unassigned. */
  readonly templateId: string | null;
  /** What the device announced; it may be of no template. */
  readonly modelId: string | null;
  /** Its telemetry is made up here. */
  readonly simulated: boolean;
  readonly enabled: boolean;
  /** It registered with the provisioning service, or connected, at least once. */
  readonly provisioned: boolean;
  /** False: it waits for somebody to let it in. */
  readonly approved: boolean;
  /** One entry in practice; empty is the root. */
  readonly organizations: readonly string[];
  readonly isEdge: boolean;
  /** Of what central knows; changes with each write. */
  readonly etag: string;
  readonly createdTime: number;
  readonly connected: boolean;
  readonly lastSeenTime: number;
}

export interface DeviceChange {
  readonly displayName?: string;
  readonly templateId?: string | null;
  readonly simulated?: boolean;
  readonly enabled?: boolean;
  readonly approved?: boolean;
  readonly organizations?: readonly string[];
}

/** What a device begins with. */
export interface NewDevice extends DeviceChange {
  /** Absent: keys of central's own enrolment group. */
  readonly authentication?: DeviceInput['authentication'];
  readonly isEdge?: boolean;
  readonly cloudProperties?: JsonObject;
}

export interface DeviceListing {
  readonly filter?: DeviceFilter;
  /** Substring of id or name, without regard to case. */
  readonly search?: string;
  readonly orderBy?: { readonly field: DeviceMeta; readonly descending?: boolean };
  /** What the page before ended with. */
  readonly cursor?: string;
  readonly limit: number;
}

export interface DevicePage {
  readonly items: readonly CentralDevice[];
  /** Absent on the last page. */
  readonly cursor?: string;
  readonly total: number;
}

/**
 * Every device, with what central knows of it. A projection of the hub's registry and twins into central's own file, kept by a reader of
 * the log, and written at once by whoever changes a device here: what was just created is in the next list.
 */
export interface DeviceDirectory {
  find(deviceId: string): Promise<CentralDevice | undefined>;
  /** @throws HubError device.notFound */
  get(deviceId: string): Promise<CentralDevice>;
  list(listing: DeviceListing): Promise<DevicePage>;
  /** Ids only, in order: what a query, a job or a simulation is about. `isCut` past `max`. */
  idsOf(
    filter: DeviceFilter,
    max: number,
    search?: string,
  ): Promise<{ readonly deviceIds: readonly string[]; readonly isCut: boolean }>;
  count(filter: DeviceFilter): Promise<number>;
  /** Makes the device at the hub, with keys of central's own enrolment group. @throws HubError device.exists, argument.invalid */
  create(deviceId: string, device: NewDevice): Promise<CentralDevice>;
  /** @throws HubError device.notFound, etag.mismatch, template.notFound */
  update(deviceId: string, change: DeviceChange, ifMatch?: string): Promise<CentralDevice>;
  remove(deviceId: string): Promise<void>;
  /** Values of cloud properties, by name. */
  cloudProperties(deviceId: string): Promise<JsonObject>;
  /** The same with when somebody set each, ms since 1970. @throws HubError device.notFound */
  cloudValues(
    deviceId: string,
  ): Promise<{ readonly [name: string]: { readonly value: unknown; readonly time: number } }>;
  /** The same of many devices at once. */
  cloudOf(deviceIds: readonly string[]): Promise<ReadonlyMap<string, JsonObject>>;
  /** Names of cloud properties that any device has, in order. */
  cloudPropertyNames(): Promise<readonly string[]>;
  /** Merge patch; null removes. */
  patchCloudProperties(deviceId: string, patch: JsonObject): Promise<JsonObject>;
  /** Reported, desired and cloud values of many devices at once: columns of a table, splits of a chart, property queries. */
  values(
    deviceIds: readonly string[],
    fields: readonly { readonly component: string | null; readonly path: readonly string[] }[],
  ): Promise<ReadonlyMap<string, readonly unknown[]>>;
  /** Names of properties that any device has, with dots, in the order in which they came up. */
  propertyPaths(max: number): Promise<readonly string[]>;
  /** Hears of devices that came, went or changed; many at a time. Returns what ends it. */
  onChange(listener: (deviceIds: readonly string[]) => void): () => void;
  /** Resolves when whatever the log held at the time of the call is in the directory: for tests, and right after a change elsewhere. */
  caughtUp(): Promise<void>;
}

/** A group of devices: a filter that has a name. Static membership is a filter by id. */
export interface DeviceGroup {
  readonly groupId: string;
  readonly displayName: string;
  readonly description: string;
  /** As it was written: `SELECT * FROM devices WHERE …`. */
  readonly filterText: string;
  readonly filter: DeviceFilter;
  readonly organizations: readonly string[];
  /** Made with a template, for all its devices. */
  readonly isDefault: boolean;
  readonly etag: string;
  readonly updatedTime: number;
}

export interface DeviceGroups {
  find(groupId: string): DeviceGroup | undefined;
  /** @throws HubError central.notFound */
  get(groupId: string): DeviceGroup;
  /** In order of name. */
  list(): readonly DeviceGroup[];
  /** Makes or replaces. @throws HubError query.invalid, with the place in the filter; argument.invalid; etag.mismatch; central.limitReached past LIMITS.DEVICE_GROUPS_MAX */
  put(group: Omit<DeviceGroup, 'etag' | 'filter' | 'updatedTime'>, ifMatch?: string): Promise<DeviceGroup>;
  remove(groupId: string): Promise<void>;
}
