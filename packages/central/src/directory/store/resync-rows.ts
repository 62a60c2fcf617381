import type { JsonObject } from '@viaduct/contracts';
import type Database from 'better-sqlite3';
import type { DeviceRows, HubDevice } from './device-rows.ts';
import { ValueSource } from './directory-schema.ts';
import type { ValueRows } from './value-rows.ts';

/** A device as the hub has it, twin and presence included. */
export interface ResyncDevice extends HubDevice {
  readonly desired: JsonObject;
  readonly reported: JsonObject;
  readonly connected: boolean;
  readonly lastSeenTime: number;
}

/**
 * The whole registry compared with the rows, a piece at a time. Each device that is found is marked with the number of the round; of those
 * without it at the end the hub is asked once more, for some were made meanwhile.
 */
export class ResyncRows {
  readonly #database: Database.Database;
  readonly #devices: DeviceRows;
  readonly #values: ValueRows;

  constructor(database: Database.Database, devices: DeviceRows, values: ValueRows) {
    this.#database = database;
    this.#devices = devices;
    this.#values = values;
  }

  /** The number of the round. */
  begin(): number {
    const last = this.#database.prepare("SELECT value FROM state WHERE name = 'round'").pluck().get() as
      | number
      | undefined;
    const round = (last ?? 0) + 1;
    this.#database.prepare("INSERT OR REPLACE INTO state (name, value) VALUES ('round', ?)").run(round);
    return round;
  }

  /** Who is new or changed. */
  save(round: number, devices: readonly ResyncDevice[]): readonly string[] {
    const mark = this.#database.prepare('UPDATE device SET seen_round = ? WHERE device = ?');
    return devices.map((hub) => {
      const row = this.#devices.saveHubDevice(hub);
      this.#devices.savePresence(row, hub.connected, hub.lastSeenTime);
      this.#values.replace(row.device, ValueSource.desired, hub.desired);
      this.#values.replace(row.device, ValueSource.reported, hub.reported);
      mark.run(round, row.device);
      return hub.deviceId;
    });
  }

  /** Some of those whom the round did not see, in order of id: they are gone, or came meanwhile. */
  unseen(round: number, after: string, limit: number): readonly string[] {
    return this.#database
      .prepare('SELECT device_id FROM device WHERE seen_round < ? AND device_id > ? ORDER BY device_id LIMIT ?')
      .pluck()
      .all(round, after, limit) as string[];
  }
}
