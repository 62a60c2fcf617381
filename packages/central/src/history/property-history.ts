import {
  type DeviceIdentity,
  identityKey,
  type JsonObject,
  LIMITS,
  type PropertyChange,
  type PropertyHistory,
} from '@viaduct/contracts';
import { mergePatch } from '../api/merge-patch.ts';
import type { History } from './history.ts';
import type { TwinDocument, TwinSection } from './twin-change.ts';

type Row = readonly [
  version: number,
  time: number,
  section: TwinSection,
  sectionVersion: number | null,
  isWhole: boolean,
  body: string,
];

/** What is asked of a device, and what it reports. */
const SIDES = ['desired', 'reported'] as const;
type Side = (typeof SIDES)[number];

export interface PropertyName {
  /** Null: the root. */
  readonly component: string | null;
  readonly name: string;
}

/**
 * What became of one property: a change each time that another value was asked for or reported, newest first. Of the versions that are kept, only
 * those are read that speak of it.
 */
export async function readPropertyHistory(
  history: History,
  device: DeviceIdentity & { readonly generationId: string },
  property: PropertyName,
): Promise<PropertyHistory> {
  const top = property.component ?? property.name;
  const sql = `SELECT version, time, section, section_version, is_whole, body FROM twin_version
    WHERE identity = ? AND generation_id = ? AND (is_whole OR json_exists(body, ?)) ORDER BY version DESC`;
  const of = [identityKey(device), device.generationId, jsonPointer(top)];
  const { rows } = await history.query(sql, of, { rowsMax: LIMITS.TWIN_VERSIONS_MAX });
  const changes = changesOf((rows as readonly Row[]).toReversed(), property).toReversed();
  const items = changes.slice(0, countWithin(changes));
  return { items, isCut: items.length < changes.length };
}

/** @param rows rising; each tells of the property, or of the whole twin */
function changesOf(rows: readonly Row[], { component, name }: PropertyName): PropertyChange[] {
  const top = component ?? name;
  // Of each side only the member that the property is, or is in: all that patches of it need.
  const held: Record<Side, JsonObject> = { desired: {}, reported: {} };
  const said: Record<Side, string | undefined> = { desired: undefined, reported: undefined };
  const changes: PropertyChange[] = [];
  for (const [version, time, section, sectionVersion, isWhole, body] of rows) {
    const parsed = JSON.parse(body) as JsonObject;
    for (const side of SIDES) {
      if (isWhole) held[side] = only((parsed as unknown as TwinDocument)[side], top);
      else if (section === side) held[side] = mergePatch(held[side], only(parsed, top)) as JsonObject;
      const value = valueIn(held[side], component, name);
      const text = value === undefined ? undefined : JSON.stringify(value);
      if (text === said[side]) continue;
      said[side] = text;
      changes.push({
        ...{ version, section: side, value: value ?? null },
        at: new Date(time).toISOString(),
        sectionVersion: section === side ? sectionVersion : null,
      });
    }
  }
  return changes;
}

function only(from: JsonObject, name: string): JsonObject {
  return Object.hasOwn(from, name) ? { [name]: from[name] } : {};
}

function valueIn(held: JsonObject, component: string | null, name: string): unknown {
  const outer = component === null ? held : member(held, component);
  return typeof outer === 'object' && outer !== null && !Array.isArray(outer)
    ? member(outer as JsonObject, name)
    : undefined;
}

function member(of: JsonObject, name: string): unknown {
  return Object.hasOwn(of, name) ? of[name] : undefined;
}

/** So many of the newest as one answer may hold. */
function countWithin(changes: readonly PropertyChange[]): number {
  let bytes = 0;
  const over = changes.findIndex(({ value }) => {
    bytes += JSON.stringify(value).length;
    return bytes > LIMITS.PROPERTY_HISTORY_BYTES_MAX;
  });
  return over < 0 ? changes.length : over;
}

/** Source: RFC 6901 §3. */
function jsonPointer(name: string): string {
  return `/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}
