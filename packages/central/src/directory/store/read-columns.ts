import type Database from 'better-sqlite3';
import { leafValue } from './flatten-values.ts';
import type { ValueRows } from './value-rows.ts';

/** Values of devices at some paths, in the order of both; an object is put together again, and what a device does not have is undefined. */
export function readColumns(
  { database, values }: { readonly database: Database.Database; readonly values: ValueRows },
  deviceIds: readonly string[],
  paths: readonly string[],
): readonly (readonly [string, readonly unknown[]])[] {
  const rows = database
    .prepare('SELECT device, device_id FROM device WHERE device_id IN (SELECT value FROM json_each(?))')
    .all(JSON.stringify(deviceIds)) as { readonly device: number; readonly device_id: string }[];
  const devices = rows.map(({ device }) => device);
  const columns = paths.map((path) => columnOf(values, devices, path));
  return rows.map(({ device, device_id }) => [device_id, columns.map((column) => column.get(device))]);
}

function columnOf(values: ValueRows, devices: readonly number[], path: string): ReadonlyMap<number, unknown> {
  const column = new Map<number, unknown>();
  for (const leaf of values.read(devices, path)) {
    if (leaf.path === path) column.set(leaf.device, leafValue(leaf));
    else setBelow(objectOf(column, leaf.device), leaf.path.slice(path.length + 1).split('.'), leafValue(leaf));
  }
  return column;
}

type Building = { [name: string]: unknown };

function objectOf(column: Map<number, unknown>, device: number): Building {
  const there = column.get(device);
  const object: Building =
    typeof there === 'object' && there !== null && !Array.isArray(there) ? (there as Building) : {};
  column.set(device, object);
  return object;
}

function setBelow(object: Building, [name = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
    return;
  }
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  const next: Building = typeof inner === 'object' && inner !== null ? (inner as Building) : {};
  Object.defineProperty(object, name, { value: next, enumerable: true, configurable: true, writable: true });
  setBelow(next, rest, value);
}
