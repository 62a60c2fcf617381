/** Where something is, however it says so. Pure. */
export interface Place {
  readonly lat: number;
  readonly lon: number;
}

/** Places of devices for a map. */
export interface DevicePlace extends Place {
  readonly deviceId: string;
  readonly label: string;
  /** When it was there, ms since 1970; null for a property that keeps. */
  readonly atMs: number | null;
}

/**
 * A DTDL geopoint `{ lat, lon, alt? }`, the same with whole words, GeoJSON's point, or any of these as JSON text. Undefined for anything
 * that is not on earth.
 */
export function readPlace(value: unknown): Place | undefined {
  if (typeof value === 'string') return readText(value);
  if (typeof value !== 'object' || value === null) return undefined;
  const point = value as Record<string, unknown>;
  if (Array.isArray(point.coordinates)) return onEarth(point.coordinates[1], point.coordinates[0]);
  return onEarth(point.lat ?? point.latitude, point.lon ?? point.lng ?? point.longitude);
}

function readText(text: string): Place | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return readPlace(JSON.parse(text));
  } catch {
    return undefined;
  }
}

function onEarth(lat: unknown, lon: unknown): Place | undefined {
  if (typeof lat !== 'number' || typeof lon !== 'number') return undefined;
  return Math.abs(lat) <= 90 && Math.abs(lon) <= 180 ? { lat, lon } : undefined;
}

/** What the members of a place are called in the history, where an object's members are lines of their own. */
const LATITUDES = ['lat', 'latitude'];
const LONGITUDES: Readonly<Record<string, readonly string[]>> = { lat: ['lon', 'lng'], latitude: ['longitude'] };

/** The places among the last values of one device: whole ones, or a latitude and a longitude beside each other. */
export function placesOf(
  values: ReadonlyMap<string, unknown>,
): readonly { readonly name: string; readonly place: Place }[] {
  const found: { name: string; place: Place }[] = [];
  for (const [name, value] of values) {
    const whole = readPlace(value);
    if (whole !== undefined) found.push({ name, place: whole });
    const member = LATITUDES.find((latitude) => name === latitude || name.endsWith(`.${latitude}`));
    if (member === undefined) continue;
    const stem = name.slice(0, name.length - member.length);
    const longitude = LONGITUDES[member]?.map((word) => values.get(stem + word)).find((one) => one !== undefined);
    const pair = onEarth(value, longitude);
    if (pair !== undefined) found.push({ name: stem.replace(/\.$/, ''), place: pair });
  }
  return found;
}

/** South-west and north-east corners around places, with some air; null for none. */
export function boundsOf(places: readonly Place[]): [[number, number], [number, number]] | null {
  if (places.length === 0) return null;
  const lats = places.map(({ lat }) => lat);
  const lons = places.map(({ lon }) => lon);
  const least = (values: readonly number[]) => values.reduce((a, b) => Math.min(a, b));
  const most = (values: readonly number[]) => values.reduce((a, b) => Math.max(a, b));
  return [
    [least(lons), least(lats)],
    [most(lons), most(lats)],
  ];
}
