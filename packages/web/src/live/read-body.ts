/**
 * Takes a JSON body apart into what can be shown: numbers for charts, the rest for trails of values.
 * Pure and bounded: a device may send anything.
 *
 *     {"temp": 21, "cpu": {"core0": 3}, "load": [1, 2], "door": true, "where": {"lat": 1, "lon": 2}, "mode": "auto"}
 *       temp 21 · cpu/core0 3 · load/0 1 · load/1 2 · door true · where (a place) · mode "auto"
 */
export interface Reading {
  readonly path: readonly string[];
  readonly value: ReadingValue;
}

type ReadingValue =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'place'; readonly value: GeoPoint }
  | { readonly kind: 'text'; readonly value: string };

export interface GeoPoint {
  readonly lat: number;
  readonly lon: number;
  readonly alt?: number;
}

/** Objects within objects beyond this are shown as text. */
const BODY_DEPTH_MAX = 6;
/** Values taken from one body; the rest is seen among the raw messages. */
export const READINGS_PER_BODY_MAX = 512;
const TEXT_CHARACTERS_MAX = 200;

export function readBody(body: unknown): Reading[] {
  const readings: Reading[] = [];
  walk(body, [], readings);
  return readings;
}

function walk(value: unknown, path: readonly string[], into: Reading[]): void {
  if (into.length >= READINGS_PER_BODY_MAX || value === null || value === undefined) return;
  switch (typeof value) {
    case 'number':
      into.push({ path: named(path), value: { kind: 'number', value } });
      return;
    case 'boolean':
      into.push({ path: named(path), value: { kind: 'boolean', value } });
      return;
    case 'string':
      into.push({ path: named(path), value: { kind: 'text', value: clip(value) } });
      return;
    default:
      walkObject(value as object, path, into);
  }
}

function walkObject(value: object, path: readonly string[], into: Reading[]): void {
  const place = geoPointOf(value);
  if (place !== null) {
    into.push({ path: named(path), value: { kind: 'place', value: place } });
    return;
  }
  if (path.length >= BODY_DEPTH_MAX) {
    into.push({ path: named(path), value: { kind: 'text', value: clip(JSON.stringify(value)) } });
    return;
  }
  for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], into);
  const magnitude = magnitudeOf(value);
  if (magnitude !== null) walk(magnitude, [...path, MAGNITUDE], into);
}

/** A bare number as the whole body still needs a name. */
function named(path: readonly string[]): readonly string[] {
  return path.length === 0 ? ['value'] : path;
}

/** Null for what is no place on the earth: such numbers are only numbers. */
export function geoPointOf(value: unknown): GeoPoint | null {
  const { lat, lon, alt } = (value ?? {}) as { lat?: unknown; lon?: unknown; alt?: unknown };
  if (typeof lat !== 'number' || typeof lon !== 'number' || Math.abs(lat) > 90 || Math.abs(lon) > 180) return null;
  return { lat, lon, ...(typeof alt === 'number' ? { alt } : {}) };
}

/** The line of a vector that the device did not send. */
export const MAGNITUDE = 'magnitude';

/** How long a vector is; null for what is none. */
function magnitudeOf(value: object): number | null {
  return isVector(value) ? Math.hypot(value.x, value.y, value.z) : null;
}

export function isVector(value: unknown): value is { readonly x: number; readonly y: number; readonly z: number } {
  if (typeof value !== 'object' || value === null || Object.keys(value).length !== 3) return false;
  const { x, y, z } = value as { x?: unknown; y?: unknown; z?: unknown };
  return typeof x === 'number' && typeof y === 'number' && typeof z === 'number';
}

function clip(text: string): string {
  return text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)}…`;
}
