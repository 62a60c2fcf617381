import { LIMITS } from '@viaduct/contracts';
import type { CentralDevice } from '../directory/device-directory.ts';
import { listAll, metaOf } from './device-attributes.ts';
import type { CentralQuery, Field } from './query-syntax.ts';
import { refuse } from './refuse.ts';
import { deviceFilter, type PlanParts } from './telemetry-plan.ts';

/** One row a device: what is known of it now. `isCut` past `rowsMax`. */
export async function runPropertyQuery(
  { devices: directory, groups }: PlanParts,
  query: CentralQuery,
  { text, rowsMax }: { readonly text: string; readonly rowsMax: number },
): Promise<{ readonly rows: readonly (readonly unknown[])[]; readonly isCut: boolean }> {
  const items = query.items.map(({ value }) => fieldOf(text, value));
  const keys = query.orderBy.map(({ by }) => fieldOf(text, by));
  const wanted = Math.min(query.top ?? rowsMax, rowsMax);
  // In order of their ids, so many will do; in another order, all are looked at.
  const devices = await listAll(
    directory,
    deviceFilter(query, text, query.where === null ? [] : [query.where], groups),
    keys.length === 0 ? wanted + 1 : LIMITS.CENTRAL_QUERY_DEVICES_MAX,
  );
  const rows = await valuesOf(directory, devices, [...items, ...keys]);
  rows.sort(inOrder(query, items.length));
  const isCut = rows.length > wanted && query.top !== wanted;
  return { rows: rows.slice(0, wanted).map((row) => row.slice(0, items.length)), isCut };
}

function fieldOf(text: string, value: CentralQuery['items'][number]['value']): Field {
  if (value.kind === 'aggregate') throw refuse(text, value.at, 'only telemetry is counted, and this is a property');
  return value;
}

async function valuesOf(
  directory: PlanParts['devices'],
  devices: readonly CentralDevice[],
  fields: readonly Field[],
): Promise<unknown[][]> {
  const paths = [...new Set(fields.filter((field) => field.kind === 'path'))];
  const ids = devices.map(({ deviceId }) => deviceId);
  const values =
    paths.length === 0
      ? new Map<string, readonly unknown[]>()
      : await directory.values(
          ids,
          paths.map(({ path }) => ({ component: null, path })),
        );
  return devices.map((device) => {
    const own = values.get(device.deviceId) ?? [];
    return fields.map((field) =>
      field.kind === 'meta' ? metaOf(device, field.name) : (own[paths.indexOf(field)] ?? null),
    );
  });
}

function inOrder(
  { orderBy }: CentralQuery,
  begin: number,
): (one: readonly unknown[], other: readonly unknown[]) => number {
  return (one, other) => {
    for (const [index, { descending }] of orderBy.entries()) {
      const order = compare(one[begin + index], other[begin + index], descending);
      if (order !== 0) return order;
    }
    return 0;
  };
}

/** Null is last, whichever way; otherwise numbers by size, and texts by their characters. */
function compare(one: unknown, other: unknown, descending: boolean): number {
  if (one === null || other === null) return Number(one === null) - Number(other === null);
  const order =
    typeof one === 'number' && typeof other === 'number'
      ? one - other
      : String(one) < String(other)
        ? -1
        : String(one) === String(other)
          ? 0
          : 1;
  return descending ? -order : order;
}
