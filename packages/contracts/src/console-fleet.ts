import type { ErrorCode } from './errors.ts';

/**
 * Devices and groups as central knows them: with names, templates, organizations and cloud properties.
 *
 *     GET    /fleet/devices?FleetListing             FleetPage          400 argument.invalid, with `at` in the filter
 *     POST   /fleet/devices          NewFleetDevice → FleetDevice       409 device.exists
 *     PATCH  /fleet/devices/{id}     FleetChange    → FleetDevice
 *     POST   /fleet/bulk             FleetBulk      → FleetOutcome[]    at most LIMITS.CONSOLE_BULK_MAX devices
 *     GET    /fleet/summary                           FleetSummary       counts for the overview
 *     GET    /fleet/export?FleetListing               text/csv, streamed: id, name, template, state, keys, thumbprints
 *     POST   /fleet/imports          text/csv       → FleetImport       begins; at most LIMITS.CSV_IMPORT_BYTES_MAX
 *                                    ?templateId=                        for all its devices
 *     GET    /fleet/imports/{id}                      FleetImport        404 central.notFound
 *     GET    /fleet/imports/{id}/log                  text/csv: a line for each that failed
 *
 *     GET    /groups                                  FleetGroup[]       in order of name
 *     GET    /groups/{id}                             FleetGroup
 *     PUT    /groups/{id}?etag=      FleetGroupInput → FleetGroup
 *     DELETE /groups/{id}
 *     POST   /groups/count           { filter }     → { count }         400 argument.invalid, with `at`
 *
 * Filters are written as IoT Central writes those of groups: `SELECT * FROM devices WHERE $template = "dtmi:…" AND …`, or only what stands
 * behind WHERE. Times are ISO 8601.
 */
export interface FleetListing {
  /** Substring of id or name. */
  readonly search?: string;
  readonly filter?: string;
  /** `none`: unassigned. */
  readonly template?: string;
  readonly state?: FleetState;
  readonly connected?: boolean;
  readonly simulated?: boolean;
  readonly organization?: string;
  readonly orderBy?: FleetOrder;
  readonly descending?: boolean;
  /** Names of properties whose values are wanted, separated by commas; `component.name` in a component. */
  readonly properties?: string;
  readonly cursor?: string;
  readonly limit?: number;
}

/** As IoT Central's status column has it. */
export const FLEET_STATES = ['waiting', 'registered', 'provisioned', 'blocked'] as const;
export type FleetState = (typeof FLEET_STATES)[number];

export const FLEET_ORDERS = ['id', 'displayName', 'template', 'connected', 'createdTime', 'lastSeenTime'] as const;
export type FleetOrder = (typeof FLEET_ORDERS)[number];

export interface FleetDevice {
  readonly deviceId: string;
  readonly displayName: string;
  readonly templateId: string | null;
  readonly templateName: string | null;
  readonly state: FleetState;
  readonly connected: boolean;
  readonly simulated: boolean;
  readonly organizations: readonly string[];
  readonly createdAt: string;
  readonly lastSeen: string | null;
  /** In the order of `properties`; null where a device has none. */
  readonly values: readonly unknown[];
}

export interface FleetPage {
  readonly items: readonly FleetDevice[];
  readonly total: number;
  readonly cursor?: string;
}

export interface FleetChange {
  readonly displayName?: string;
  readonly templateId?: string | null;
  readonly simulated?: boolean;
  readonly organizations?: readonly string[];
}

export interface NewFleetDevice extends FleetChange {
  readonly deviceId: string;
}

/** `migrate` needs `templateId`. */
export const FLEET_ACTIONS = ['approve', 'block', 'unblock', 'migrate', 'delete'] as const;
export type FleetAction = (typeof FLEET_ACTIONS)[number];

export interface FleetBulk {
  readonly action: FleetAction;
  readonly deviceIds: readonly string[];
  readonly templateId?: string | null;
}

export interface FleetOutcome {
  readonly deviceId: string;
  readonly error: { readonly code: ErrorCode; readonly message: string; readonly advice: string } | null;
}

export interface FleetSummary {
  readonly devices: number;
  readonly connected: number;
  readonly simulated: number;
  readonly states: Readonly<Record<FleetState, number>>;
  /** Most devices first; `templateId` null: unassigned. */
  readonly templates: readonly {
    readonly templateId: string | null;
    readonly displayName: string;
    readonly devices: number;
  }[];
  /** Newest first, at most ten. */
  readonly newest: readonly FleetDevice[];
}

export interface FleetImport {
  readonly importId: string;
  readonly state: 'running' | 'done';
  /** Lines with a device. */
  readonly total: number;
  readonly created: number;
  readonly updated: number;
  readonly failed: number;
  /** The first hundred; the log has all. */
  readonly errors: readonly { readonly line: number; readonly deviceId: string; readonly message: string }[];
}

export interface FleetGroup {
  readonly groupId: string;
  readonly displayName: string;
  readonly description: string;
  readonly filter: string;
  readonly organizations: readonly string[];
  /** Made with a template, for all its devices. */
  readonly isDefault: boolean;
  readonly devices: number;
  readonly etag: string;
  readonly updatedAt: string;
}

export interface FleetGroupInput {
  readonly displayName: string;
  readonly description: string;
  readonly filter: string;
  readonly organizations: readonly string[];
}
