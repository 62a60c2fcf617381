import { useQuery } from '@tanstack/react-query';
import { type DirectoryRow, LIMITS, type SeriesSource } from '@viaduct/contracts';
import { directoryClient, directoryColumnsQuery } from '../../api/directory-client.ts';
import { historyClient } from '../../api/history-client.ts';
import { queryClient } from '../../api/queries.ts';
import { type DevicePlace, placesOf, readPlace } from '../../map/place.ts';
import { listingOf } from '../../tiles/source-listing.ts';

/** What devices call the place where they are. */
export const PLACE_NAMES = ['location', 'position', 'geopoint', 'gps', 'geolocation', 'coordinates', 'place'];
const MEMBERS = ['', '.lat', '.lon', '.latitude', '.longitude'];
/** Of a larger fleet, the first so many are on the map. */
const DEVICES_MAX = 20_000;
const REFRESH_MS = 10_000;

export interface FleetPlaces {
  readonly places: readonly DevicePlace[];
  /** Devices that were asked for, with a place or without. */
  readonly devices: number;
  readonly isPending: boolean;
  readonly error: Error | null;
}

/** Where the devices of a source are: what they said last of it, or a property that says it. */
export function usePlaces(source: Exclude<SeriesSource, { readonly kind: 'devices' }>): FleetPlaces {
  const found = useQuery({
    queryKey: ['places', source],
    queryFn: () => findPlaces(source),
    refetchInterval: REFRESH_MS,
  });
  return {
    places: found.data?.places ?? NOWHERE,
    devices: found.data?.devices ?? 0,
    isPending: found.isPending,
    error: found.error,
  };
}

const NOWHERE: readonly DevicePlace[] = [];

async function findPlaces(source: Exclude<SeriesSource, { readonly kind: 'devices' }>) {
  const names = PLACE_NAMES.flatMap((name) => MEMBERS.map((member) => ({ name: name + member })));
  const columns = (await queryClient.fetchQuery(directoryColumnsQuery)).map(({ path }) => path).filter(isPlaceName);
  const [rows, said] = await Promise.all([
    allRows(source, columns.slice(0, LIMITS.DIRECTORY_COLUMNS_MAX)),
    historyClient.latest({ source, names }),
  ]);
  const spoken = new Map<string, { values: Map<string, unknown>; atMs: number }>();
  for (const { deviceId, component, name, value, time } of said) {
    const device = spoken.get(deviceId) ?? { values: new Map<string, unknown>(), atMs: 0 };
    device.values.set(component === null ? name : `${component}.${name}`, value);
    device.atMs = Math.max(device.atMs, Date.parse(time));
    spoken.set(deviceId, device);
  }
  const places = rows.flatMap(({ deviceId, displayName: label, values }): DevicePlace[] => {
    const device = spoken.get(deviceId);
    const telemetry = device === undefined ? undefined : placesOf(device.values)[0]?.place;
    const property = values.map(readPlace).find((place) => place !== undefined);
    const place = telemetry ?? property;
    return place === undefined
      ? []
      : [{ ...place, deviceId, label, atMs: telemetry === undefined ? null : (device?.atMs ?? null) }];
  });
  return { places, devices: rows.length };
}

async function allRows(
  source: Exclude<SeriesSource, { readonly kind: 'devices' }>,
  columns: readonly string[],
): Promise<readonly DirectoryRow[]> {
  const wanted = {
    ...listingOf(source),
    limit: LIMITS.CENTRAL_DEVICE_PAGE_MAX,
    ...(columns.length === 0 ? {} : { columns: columns.join(',') }),
  };
  const rows: DirectoryRow[] = [];
  for (let cursor: string | undefined; rows.length < DEVICES_MAX; ) {
    const page = await directoryClient.list({ ...wanted, ...(cursor === undefined ? {} : { cursor }) });
    rows.push(...page.items);
    cursor = page.cursor;
    if (cursor === undefined) break;
  }
  return rows;
}

function isPlaceName(path: string): boolean {
  return PLACE_NAMES.includes(path.split('.').at(-1)?.toLowerCase() ?? '');
}
