import { type JsonObject, LIMITS } from '@viaduct/contracts';
import type Database from 'better-sqlite3';
import { ValueSource } from './directory-schema.ts';
import { COMPONENT_MARK, isAcknowledgement, isObject, type Leaf, leavesOf } from './flatten-values.ts';
import type { PathNames } from './path-names.ts';

/** A leaf of one device. */
export interface DeviceLeaf extends Leaf {
  readonly device: number;
  readonly path: string;
}

/**
 * What devices reported, were told and are said to have: one row a leaf. Bounded by LIMITS.DIRECTORY_VALUES_PER_WRITE_MAX and
 * LIMITS.DIRECTORY_PATHS_MAX names in all; what is beyond stays in the twin, and no filter finds it.
 */
export class ValueRows {
  readonly #database: Database.Database;
  readonly #paths: PathNames;
  readonly #put: Database.Statement;
  readonly #removePath: Database.Statement;
  readonly #removeSource: Database.Statement;
  readonly #removeDevice: Database.Statement;

  constructor(database: Database.Database, paths: PathNames) {
    this.#database = database;
    this.#paths = paths;
    this.#put = database.prepare(
      `INSERT INTO value (path_id, device, source, type, number, text) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT DO UPDATE SET type = excluded.type, number = excluded.number, text = excluded.text`,
    );
    this.#removePath = database.prepare('DELETE FROM value WHERE path_id = ? AND device = ? AND source = ?');
    this.#removeSource = database.prepare('DELETE FROM value WHERE device = ? AND source = ?');
    this.#removeDevice = database.prepare('DELETE FROM value WHERE device = ?');
  }

  /** The whole of a section. */
  replace(device: number, source: ValueSource, section: JsonObject): void {
    this.#removeSource.run(device, source);
    this.#putAll(device, source, leavesOf(section));
  }

  /** A merge patch: null removes. */
  patch(device: number, source: ValueSource, patch: JsonObject, prefix = ''): void {
    for (const [name, said] of Object.entries(patch)) {
      if (name.startsWith('$') || name === COMPONENT_MARK) continue;
      const path = `${prefix}${name}`;
      if (isObject(said) && !isAcknowledgement(said)) {
        this.#remove(device, source, this.#paths.find(path));
        this.patch(device, source, said, `${path}.`);
        continue;
      }
      // What was an object may be a plain value now.
      for (const id of this.#paths.below(path)) this.#remove(device, source, id);
      if (said === null) this.#remove(device, source, this.#paths.find(path));
      else this.#putAll(device, source, leavesOf({ [name]: said }, prefix));
    }
  }

  removeDevice(device: number): void {
    this.#removeDevice.run(device);
  }

  /** Leaves of these devices at and below a path; of two sources the one that counts comes last. */
  read(devices: readonly number[], path: string): readonly DeviceLeaf[] {
    const ids = this.#paths.atAndBelow(path);
    if (ids.length === 0) return [];
    const rows = this.#database
      .prepare(
        `SELECT device, path_id, type, number, text FROM value
         WHERE path_id IN (SELECT value FROM json_each(?)) AND device IN (SELECT value FROM json_each(?))
         ORDER BY CASE source WHEN ${ValueSource.reported} THEN 9 ELSE source END`,
      )
      .all(JSON.stringify(ids), JSON.stringify(devices)) as (Leaf & { device: number; path_id: number })[];
    return rows.map(({ path_id, ...leaf }) => ({ ...leaf, path: this.#paths.nameOf(path_id) }));
  }

  #putAll(device: number, source: ValueSource, leaves: ReadonlyMap<string, Leaf>): void {
    let left = LIMITS.DIRECTORY_VALUES_PER_WRITE_MAX;
    for (const [path, { type, number, text }] of leaves) {
      if (left-- === 0) return;
      const id = this.#paths.findOrAdd(path);
      if (id !== undefined) this.#put.run(id, device, source, type, number, text);
    }
  }

  #remove(device: number, source: ValueSource, id: number | undefined): void {
    if (id !== undefined) this.#removePath.run(id, device, source);
  }
}
