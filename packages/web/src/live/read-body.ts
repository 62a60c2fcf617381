/**
 * Takes a JSON body apart into what can be shown: numbers and booleans for charts, the rest as last values.
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
  | { readonly kind: 'text'; readonly value: string };

/** Objects within objects beyond this are shown as text. */
const BODY_DEPTH_MAX = 6;
/** Values taken from one body; the rest is seen among the raw messages. */
export const READINGS_PER_BODY_MAX = 256;
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
  const place = placeOf(value);
  if (place !== null || path.length >= BODY_DEPTH_MAX) {
    into.push({ path: named(path), value: { kind: 'text', value: place ?? clip(JSON.stringify(value)) } });
    return;
  }
  for (const [key, inner] of Object.entries(value)) walk(inner, [...path, key], into);
}

/** A bare number as the whole body still needs a name. */
function named(path: readonly string[]): readonly string[] {
  return path.length === 0 ? ['value'] : path;
}

function placeOf(value: object): string | null {
  const { lat, lon, alt } = value as { lat?: unknown; lon?: unknown; alt?: unknown };
  if (typeof lat !== 'number' || typeof lon !== 'number') return null;
  return `${lat.toFixed(5)}, ${lon.toFixed(5)}${typeof alt === 'number' ? `, ${alt} m` : ''}`;
}

function clip(text: string): string {
  return text.length <= TEXT_CHARACTERS_MAX ? text : `${text.slice(0, TEXT_CHARACTERS_MAX)}…`;
}
