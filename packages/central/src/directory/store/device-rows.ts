import { HubError, type JsonObject } from '@viaduct/contracts';
import type Database from 'better-sqlite3';
import type { CentralDevice, DeviceChange } from '../device-directory.ts';
import { ValueSource } from './directory-schema.ts';
import type { ValueRows } from './value-rows.ts';

/** What the hub has of a device. */
export interface HubDevice {
  readonly deviceId: string;
  readonly generationId: string;
  readonly enabled: boolean;
  readonly isEdge: boolean;
  readonly modelId: string | null;
  readonly createdTime: number;
}

/** A row of `device`. */
export interface DeviceRecord {
  readonly device: number;
  readonly device_id: string;
  readonly generation_id: string;
  readonly display_name: string;
  readonly template_id: string | null;
  readonly model_id: string | null;
  readonly organization: string | null;
  readonly simulated: number;
  readonly enabled: number;
  readonly provisioned: number;
  readonly approved: number;
  readonly is_edge: number;
  readonly connected: number;
  readonly etag: number;
  readonly created_time: number;
  readonly last_seen_time: number;
  readonly cloud_properties: string;
}

/** A cloud property, and when somebody set it, ms since 1970. */
interface CloudValue {
  readonly value: unknown;
  readonly time: number;
}
export type CloudValues = { readonly [name: string]: CloudValue };

/** Rows of devices. Everything is synchronous, and belongs to whoever's transaction it is called in. */
export class DeviceRows {
  readonly #values: ValueRows;
  readonly #find: Database.Statement;
  readonly #insert: Database.Statement;
  readonly #saveHub: Database.Statement;
  readonly #saveOwn: Database.Statement;
  readonly #saveModel: Database.Statement;
  readonly #savePresence: Database.Statement;
  readonly #saveProvisioned: Database.Statement;
  readonly #saveCloud: Database.Statement;
  readonly #remove: Database.Statement;

  constructor(database: Database.Database, values: ValueRows) {
    this.#values = values;
    this.#find = database.prepare('SELECT * FROM device WHERE device_id = ?');
    this.#insert = database.prepare(
      `INSERT INTO device (device_id, generation_id, display_name, search_text, model_id, enabled, is_edge, created_time)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#saveHub = database.prepare(
      'UPDATE device SET model_id = coalesce(?, model_id), enabled = ?, is_edge = ? WHERE device = ?',
    );
    this.#saveOwn = database.prepare(
      `UPDATE device SET display_name = ?, search_text = ?, template_id = ?, simulated = ?, approved = ?, organization = ?, etag = etag + 1
       WHERE device = ?`,
    );
    this.#saveModel = database.prepare('UPDATE device SET model_id = ? WHERE device = ?');
    this.#savePresence = database.prepare(
      `UPDATE device SET connected = ?, provisioned = max(provisioned, ?), last_seen_time = max(last_seen_time, ?) WHERE device = ?`,
    );
    this.#saveProvisioned = database.prepare(
      'UPDATE device SET provisioned = 1 WHERE device_id = ? AND provisioned = 0 AND created_time <= ?',
    );
    this.#saveCloud = database.prepare('UPDATE device SET cloud_properties = ?, etag = etag + 1 WHERE device = ?');
    this.#remove = database.prepare('DELETE FROM device WHERE device = ?');
  }

  find(deviceId: string): DeviceRecord | undefined {
    return this.#find.get(deviceId) as DeviceRecord | undefined;
  }

  /** @throws HubError device.notFound */
  get(deviceId: string): DeviceRecord {
    const found = this.find(deviceId);
    if (found === undefined) throw new HubError('device.notFound', `device ${deviceId} is not registered`);
    return found;
  }

  /** A device as the hub has it now. Another generation is another device: nothing of its namesake stays. */
  saveHubDevice(hub: HubDevice): DeviceRecord {
    const before = this.find(hub.deviceId);
    if (before?.generation_id === hub.generationId) {
      const enabled = hub.enabled ? 1 : 0;
      const isEdge = hub.isEdge ? 1 : 0;
      const isSame =
        before.enabled === enabled && before.is_edge === isEdge && (hub.modelId ?? before.model_id) === before.model_id;
      if (isSame) return before;
      this.#saveHub.run(hub.modelId, enabled, isEdge, before.device);
      return this.get(hub.deviceId);
    }
    if (before !== undefined) this.remove(before);
    const { deviceId, generationId, modelId, createdTime } = hub;
    const flags = [hub.enabled ? 1 : 0, hub.isEdge ? 1 : 0];
    this.#insert.run(deviceId, generationId, deviceId, deviceId, modelId, ...flags, createdTime);
    return this.get(deviceId);
  }

  /** What central knows, and the hub does not. */
  saveOwn(row: DeviceRecord, change: DeviceChange): void {
    const name = change.displayName ?? row.display_name;
    const organization = change.organizations === undefined ? row.organization : (change.organizations[0] ?? null);
    this.#saveOwn.run(
      name,
      searchText(row.device_id, name),
      change.templateId === undefined ? row.template_id : change.templateId,
      flag(change.simulated, row.simulated),
      flag(change.approved, row.approved),
      organization,
      row.device,
    );
  }

  saveModel(row: DeviceRecord, modelId: string): void {
    this.#saveModel.run(modelId, row.device);
  }

  savePresence(row: DeviceRecord, connected: boolean, time: number): void {
    this.#savePresence.run(connected ? 1 : 0, time > 0 ? 1 : 0, time, row.device);
  }

  /** False when it is so already, or is no device that was there at that time. */
  saveProvisioned({ deviceId, time }: { readonly deviceId: string; readonly time: number }): boolean {
    return this.#saveProvisioned.run(deviceId, time).changes > 0;
  }

  /** Merge patch of whole properties; null removes. */
  patchCloud(row: DeviceRecord, patch: JsonObject, time: number): CloudValues {
    const after: Record<string, CloudValue> = { ...cloudValuesOf(row) };
    for (const [name, value] of Object.entries(patch)) {
      if (value === null) delete after[name];
      else after[name] = { value, time };
    }
    this.#saveCloud.run(JSON.stringify(after), row.device);
    const plain = Object.fromEntries(Object.entries(after).map(([name, { value }]) => [name, value]));
    this.#values.replace(row.device, ValueSource.cloud, plain);
    return after;
  }

  remove({ device }: DeviceRecord): void {
    this.#values.removeDevice(device);
    this.#remove.run(device);
  }
}

export function cloudValuesOf({ cloud_properties }: DeviceRecord): CloudValues {
  return JSON.parse(cloud_properties) as CloudValues;
}

export function deviceOf(row: DeviceRecord): CentralDevice {
  return {
    deviceId: row.device_id,
    displayName: row.display_name,
    templateId: row.template_id,
    modelId: row.model_id,
    simulated: row.simulated === 1,
    enabled: row.enabled === 1,
    provisioned: row.provisioned === 1,
    approved: row.approved === 1,
    organizations: row.organization === null ? [] : [row.organization],
    isEdge: row.is_edge === 1,
    etag: etagOf(row),
    createdTime: row.created_time,
    connected: row.connected === 1,
    lastSeenTime: row.last_seen_time,
  };
}

/** Of this very device, so that a namesake's never fits. */
export function etagOf({ generation_id, etag }: DeviceRecord): string {
  return Buffer.from(`${generation_id.slice(-6)}.${etag}`).toString('base64');
}

function searchText(deviceId: string, displayName: string): string {
  return deviceId === displayName ? deviceId : `${deviceId}\n${displayName}`;
}

function flag(wanted: boolean | undefined, before: number): number {
  return wanted === undefined ? before : wanted ? 1 : 0;
}
