import { HubError, type JsonObject } from '@viaduct/contracts';
import type Database from 'better-sqlite3';
import type { CentralDevice, DeviceChange, DeviceListing, DevicePage } from '../device-directory.ts';
import type { DeviceFilter } from '../device-filter.ts';
import { type Applied, applyRecords, type RecordBatch } from './apply-records.ts';
import { DeviceLists } from './device-lists.ts';
import {
  type CloudValues,
  cloudValuesOf,
  type DeviceRecord,
  DeviceRows,
  deviceOf,
  etagOf,
  type HubDevice,
} from './device-rows.ts';
import { openDirectoryFile } from './open-directory-file.ts';
import { PathNames } from './path-names.ts';
import { readColumns } from './read-columns.ts';
import { type ResyncDevice, ResyncRows } from './resync-rows.ts';
import { ValueRows } from './value-rows.ts';

/** What became of a device at the hub; null: it is gone. */
export interface HubWrite {
  readonly deviceId: string;
  readonly device: HubDevice | null;
}

/** A device that the provisioning service sent here. */
export interface ProvisionedDevice {
  readonly deviceId: string;
  /** Of the assignment, ms since 1970. */
  readonly time: number;
}

/**
 * The directory's tables, as one thread has them open. Everything is synchronous; each change is one transaction.
 *
 * Two threads have one each: one writes and looks up single devices, the other answers lists.
 */
export class DirectoryStore {
  readonly #database: Database.Database;
  readonly #paths: PathNames;
  readonly #devices: DeviceRows;
  readonly #values: ValueRows;
  readonly #lists: DeviceLists;
  readonly #resync: ResyncRows;

  /** @throws HubError store.unusable */
  constructor(file: string) {
    this.#database = openDirectoryFile(file);
    this.#paths = new PathNames(this.#database);
    this.#values = new ValueRows(this.#database, this.#paths);
    this.#devices = new DeviceRows(this.#database, this.#values);
    this.#lists = new DeviceLists(this.#database, (path) => this.#paths.find(path));
    this.#resync = new ResyncRows(this.#database, this.#devices, this.#values);
  }

  /** What the log says, and how far it was read, all or none. */
  apply(batch: RecordBatch): Applied {
    return this.#repeatable(() => {
      const applied = applyRecords({ devices: this.#devices, values: this.#values }, batch);
      this.#savePlace(batch.partition, batch.nextOffset);
      return applied;
    });
  }

  /** Where to read on; undefined when the server did not end in order, or never ran: then everything is compared with the hub. */
  begin(): readonly (readonly [number, number])[] | undefined {
    return this.#transaction(() => {
      const isClean = this.#database.prepare("SELECT value FROM state WHERE name = 'clean'").pluck().get() === 1;
      this.#setClean(0);
      const rows = this.#database.prepare('SELECT partition, next_offset FROM place').raw().all() as [number, number][];
      return isClean ? rows : undefined;
    });
  }

  end(): void {
    this.#setClean(1);
  }

  beginResync(places: readonly (readonly [number, number])[]): number {
    return this.#transaction(() => {
      for (const [partition, next] of places) this.#savePlace(partition, next);
      return this.#resync.begin();
    });
  }

  resync(round: number, devices: readonly ResyncDevice[]): readonly string[] {
    return this.#repeatable(() => this.#resync.save(round, devices));
  }

  unseen(round: number, after: string, limit: number): readonly string[] {
    return this.#resync.unseen(round, after, limit);
  }

  find(deviceId: string): CentralDevice | undefined {
    const row = this.#devices.find(deviceId);
    return row === undefined ? undefined : deviceOf(row);
  }

  /** The hub's part, and what central says of it, at once. */
  save(hub: HubDevice, change: DeviceChange, ifMatch?: string): CentralDevice {
    return this.#transaction(() => {
      const row = this.#devices.saveHubDevice(hub);
      requireEtag(row, ifMatch);
      this.#devices.saveOwn(row, change);
      return deviceOf(this.#devices.get(hub.deviceId));
    });
  }

  /** The hub's part alone: what somebody changed there. Whom anything is new of. */
  saveHub(writes: readonly HubWrite[]): readonly string[] {
    return this.#repeatable(() => writes.filter((write) => this.#saveWrite(write)).map(({ deviceId }) => deviceId));
  }

  /** Whom it is new of. A namesake that was made later registered with nobody. */
  saveProvisioned(devices: readonly ProvisionedDevice[]): readonly string[] {
    return this.#repeatable(() =>
      devices.filter((device) => this.#devices.saveProvisioned(device)).map(({ deviceId }) => deviceId),
    );
  }

  /** @throws HubError etag.mismatch */
  requireMatch(deviceId: string, ifMatch: string): void {
    requireEtag(this.#devices.get(deviceId), ifMatch);
  }

  remove(deviceId: string): void {
    this.#transaction(() => {
      const row = this.#devices.find(deviceId);
      if (row !== undefined) this.#devices.remove(row);
    });
  }

  cloud(deviceId: string): CloudValues {
    return cloudValuesOf(this.#devices.get(deviceId));
  }

  cloudOf(deviceIds: readonly string[]): readonly (readonly [string, CloudValues])[] {
    const rows = this.#database
      .prepare('SELECT * FROM device WHERE device_id IN (SELECT value FROM json_each(?))')
      .all(JSON.stringify(deviceIds)) as DeviceRecord[];
    return rows.map((row) => [row.device_id, cloudValuesOf(row)]);
  }

  cloudPropertyNames(): readonly string[] {
    return this.#database
      .prepare(
        "SELECT DISTINCT name.key FROM device, json_each(device.cloud_properties) name WHERE cloud_properties <> '{}' ORDER BY 1",
      )
      .pluck()
      .all() as string[];
  }

  patchCloud(deviceId: string, patch: JsonObject, time: number): CloudValues {
    return this.#transaction(() => this.#devices.patchCloud(this.#devices.get(deviceId), patch, time));
  }

  /** Models that devices without a template announced. */
  unassignedModels(): readonly string[] {
    return this.#database
      .prepare('SELECT DISTINCT model_id FROM device WHERE template_id IS NULL AND model_id IS NOT NULL')
      .pluck()
      .all() as string[];
  }

  /** Gives the template to at most `max` of those who announced the model and have none. */
  assign(modelId: string, templateId: string, max: number): readonly string[] {
    return this.#transaction(
      () =>
        this.#database
          .prepare(
            `UPDATE device SET template_id = ?, etag = etag + 1 WHERE device IN
               (SELECT device FROM device WHERE model_id = ? AND template_id IS NULL LIMIT ?) RETURNING device_id`,
          )
          .pluck()
          .all(templateId, modelId, max) as string[],
    );
  }

  page(listing: DeviceListing): DevicePage {
    return this.#lists.page(listing);
  }

  idsOf(filter: DeviceFilter, max: number, search?: string): ReturnType<DeviceLists['idsOf']> {
    return this.#lists.idsOf(filter, max, search);
  }

  count(filter: DeviceFilter): number {
    return this.#lists.count(filter);
  }

  propertyPaths(max: number): readonly string[] {
    return this.#database.prepare('SELECT path FROM path ORDER BY path_id LIMIT ?').pluck().all(max) as string[];
  }

  /** In the order of `paths`, of each device that is there. */
  columns(deviceIds: readonly string[], paths: readonly string[]): readonly (readonly [string, readonly unknown[]])[] {
    return readColumns({ database: this.#database, values: this.#values }, deviceIds, paths);
  }

  close(): void {
    this.#database.close();
  }

  #saveWrite({ deviceId, device }: HubWrite): boolean {
    const before = this.#devices.find(deviceId);
    if (device !== null) return this.#devices.saveHubDevice(device) !== before;
    if (before !== undefined) this.#devices.remove(before);
    return before !== undefined;
  }

  #savePlace(partition: number, next: number): void {
    this.#database.prepare('INSERT OR REPLACE INTO place (partition, next_offset) VALUES (?, ?)').run(partition, next);
  }

  #setClean(value: 0 | 1): void {
    this.#database.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('clean', ?)").run(value);
  }

  /** What the log and the hub tell again after a power cut need not be flushed to the disk each time. */
  #repeatable<T>(work: () => T): T {
    this.#database.pragma('synchronous = NORMAL');
    try {
      return this.#transaction(work);
    } finally {
      this.#database.pragma('synchronous = FULL');
    }
  }

  #transaction<T>(work: () => T): T {
    try {
      return this.#database.transaction(work).immediate();
    } catch (error) {
      // Names that the transaction added are not there.
      this.#paths.forget();
      throw error;
    }
  }
}

function requireEtag(row: DeviceRecord, ifMatch: string | undefined): void {
  if (ifMatch === undefined || ifMatch === '*' || unquoted(ifMatch) === etagOf(row)) return;
  throw new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
}

/** HTTP puts an etag into quotes; a body does not. */
function unquoted(etag: string): string {
  return etag.replace(/^(?:W\/)?"(.*)"$/, '$1');
}
