import type { DirectoryRow } from './console-directory.ts';

/**
 * Groups of devices: a filter that has a name. Their devices are `GET /devices?group={id}`.
 *
 *     GET    /groups                       → DeviceGroupView[]     in order of name
 *     POST   /groups         NewDeviceGroup → DeviceGroupView       with an id of chance
 *     POST   /groups/preview { filter }     → GroupPreview          how many and which, before it is saved; 422 query.invalid with the place
 *     GET    /groups/{id}                  → DeviceGroupDetail
 *     PUT    /groups/{id}    NewDeviceGroup → DeviceGroupView       412 etag.mismatch
 *     DELETE /groups/{id}                  → 204
 */
export interface DeviceGroupView {
  readonly groupId: string;
  readonly displayName: string;
  readonly description: string;
  /** As it was written: `SELECT * FROM devices WHERE …`. */
  readonly filter: string;
  readonly organization: string | null;
  /** Made with a template, for all its devices. */
  readonly isDefault: boolean;
  readonly etag: string;
  readonly updatedAt: string;
}

export interface DeviceGroupDetail extends DeviceGroupView {
  /** How many devices it has now. */
  readonly count: number;
}

export interface NewDeviceGroup {
  readonly displayName: string;
  readonly description?: string;
  readonly filter: string;
  readonly organization?: string | null;
  /** Refused when somebody changed the group since. */
  readonly etag?: string;
}

export interface GroupPreview {
  readonly count: number;
  /** The first few, in order of id. */
  readonly devices: readonly DirectoryRow[];
}
