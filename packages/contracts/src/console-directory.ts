import type { DeviceRow } from './console-api.ts';
import type { ErrorCode } from './errors.ts';

/**
 * Devices as central knows them: listed, searched, filtered, named, assigned, approved.
 *
 *     GET    /devices?search=&filter=&group=&state=&orderBy=&order=&columns=&cursor=&limit=  → Page<DirectoryRow>
 *     GET    /directory/columns                     → DirectoryColumn[]       names of properties that any device has, for columns and filters
 *     POST   /directory/ids       DirectorySelection → DirectoryIds           whom a selection is about, for bulk actions
 *     POST   /directory/devices   NewDirectoryDevice → DirectoryDevice        409 device.exists; keys of central's own enrolment group
 *     POST   /directory/bulk      DirectoryBulk      → DirectoryOutcome[]     at most LIMITS.CONSOLE_BULK_MAX; not atomic
 *     GET    /devices/{id}/directory                → DirectoryDevice
 *     PATCH  /devices/{id}/directory DirectoryChange → DirectoryDevice        412 etag.mismatch
 *     PATCH  /devices/{id}/cloud-properties { … }   → CloudPropertyView[]     merge patch; null removes
 *
 * `filter` is that of a group, `SELECT * FROM devices WHERE …`; a text that is none is refused with its place (`query.invalid`).
 */
export interface DirectoryRow extends DeviceRow {
  /** The id until somebody named it. */
  readonly displayName: string;
  readonly templateId: string | null;
  readonly templateName: string | null;
  readonly simulated: boolean;
  /** It registered or connected at least once. */
  readonly provisioned: boolean;
  /** False: it waits for somebody to let it in. */
  readonly approved: boolean;
  readonly organization: string | null;
  readonly isEdge: boolean;
  readonly createdAt: string;
  /** In the order of `columns`; null where the device has none. */
  readonly values: readonly unknown[];
}

export const DIRECTORY_STATES = [
  'connected',
  'disconnected',
  'enabled',
  'disabled',
  'waiting',
  'unassigned',
  'simulated',
] as const;
/** `waiting`: for approval. `unassigned`: without a template. */
export type DirectoryState = (typeof DIRECTORY_STATES)[number];

export const DIRECTORY_ORDERS = [
  'id',
  'displayName',
  'template',
  'organization',
  'enabled',
  'provisioned',
  'simulated',
  'connected',
  'createdTime',
  'lastSeenTime',
] as const;
export type DirectoryOrder = (typeof DIRECTORY_ORDERS)[number];

/** Which devices: all that is said must hold. */
export interface DirectorySelection {
  /** Part of id or name, without regard to case. */
  readonly search?: string;
  /** `SELECT * FROM devices WHERE …`. */
  readonly filter?: string;
  /** Id of a group. */
  readonly group?: string;
  readonly state?: DirectoryState;
}

export interface DirectoryQuery extends DirectorySelection {
  /** Default: `id`. */
  readonly orderBy?: DirectoryOrder;
  readonly order?: 'asc' | 'desc';
  /** Properties, with dots (`thermostat1.targetTemperature`), separated by commas; at most LIMITS.DIRECTORY_COLUMNS_MAX. */
  readonly columns?: string;
  readonly cursor?: string;
  /** Default 50; at most LIMITS.CENTRAL_DEVICE_PAGE_MAX. */
  readonly limit?: number;
}

export interface DirectoryColumn {
  /** With dots. */
  readonly path: string;
  /** Display names of a template that has it, when there is one. */
  readonly displayName: string | null;
  readonly unit: string | null;
}

export interface DirectoryIds {
  readonly deviceIds: readonly string[];
  /** There are more than LIMITS.DIRECTORY_IDS_MAX. */
  readonly isCut: boolean;
}

export interface NewDirectoryDevice {
  readonly deviceId: string;
  readonly displayName?: string;
  readonly templateId?: string | null;
  readonly organization?: string | null;
  /** Default: true. */
  readonly approved?: boolean;
  /** Its telemetry is made up by the server. Default: false. */
  readonly simulated?: boolean;
}

/** What is absent stays as it is. */
export interface DirectoryChange extends Omit<NewDirectoryDevice, 'deviceId'> {
  readonly enabled?: boolean;
  /** Refused when somebody changed the device since. */
  readonly etag?: string;
}

export interface DirectoryDevice extends Omit<DirectoryRow, 'values'> {
  readonly etag: string;
  readonly cloudProperties: readonly CloudPropertyView[];
  /** Which gateways it is behind, and which devices are behind it. */
  readonly relationships: readonly { readonly id: string; readonly source: string; readonly target: string }[];
}

export interface CloudPropertyView {
  readonly name: string;
  readonly value: unknown;
  readonly updatedAt: string;
}

export const DIRECTORY_ACTIONS = ['approve', 'block', 'unblock', 'migrate', 'organize', 'delete'] as const;
export type DirectoryAction = (typeof DIRECTORY_ACTIONS)[number];

export interface DirectoryBulk {
  readonly action: DirectoryAction;
  readonly deviceIds: readonly string[];
  /** With `migrate`: the template that they are given; null for none. */
  readonly templateId?: string | null;
  /** With `organize`; null for the root. */
  readonly organization?: string | null;
}

/** In the order of the request. `error` is null where it is done. */
export interface DirectoryOutcome {
  readonly deviceId: string;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly advice: string } | null;
}
