import { type LatestRequest, type LatestValue, LIMITS, type SeriesSource } from '@viaduct/contracts';
import type { DeviceFilter } from '../directory/device-filter.ts';
import type { Series } from '../history/history.ts';
import { plainValue } from './decode-rows.ts';
import { deviceFilterOf } from './group-filter.ts';
import { seriesOfPath } from './name-book.ts';
import type { QueryParts } from './run-central-query.ts';
import { joinSql, Sql, sql, wholeNumbers } from './sql.ts';

/** The last known value of everything these devices ever said, or of these names; modelled or not, of modules too where no name is given. */
export async function readLatest(
  parts: QueryParts,
  request: LatestRequest,
  signal?: AbortSignal,
): Promise<readonly LatestValue[]> {
  const deviceIds = await devicesOf(parts, request.source);
  const series =
    request.names === undefined ? await everySeries(parts, deviceIds) : namedSeries(parts, request.names, deviceIds);
  if (series.length === 0) return [];
  const byId = new Map(series.map((each) => [each.seriesId, each]));
  const ids = [...byId.keys()];
  const which =
    ids.length <= IDS_WRITTEN_MAX
      ? sql`series_id IN (${wholeNumbers(ids)})`
      : sql`series_id IN (SELECT unnest(${ids}::UINTEGER[]))`;
  const statement = sql`SELECT series_id, epoch_ms(time), epoch_ms(enqueued_time), number, text, type FROM latest WHERE ${which}`;
  const rows = await ask(parts, statement, signal);
  const values = rows.flatMap(([seriesId, time, enqueuedTime, number, text, type]) => {
    const of = byId.get(Number(seriesId));
    return of === undefined ? [] : [latestOf(of, plainValue(number, text, type), Number(time), Number(enqueuedTime))];
  });
  return values.sort((one, other) => (sortKey(one) < sortKey(other) ? -1 : 1));
}

/** Written out, the store skips blocks by them. */
const IDS_WRITTEN_MAX = 4_096;

async function ask({ history }: QueryParts, statement: Sql, signal: AbortSignal | undefined) {
  const read = { rowsMax: LIMITS.CENTRAL_QUERY_ROWS_MAX, ...(signal !== undefined && { signal }) };
  return (await history.query(statement.text, statement.parameters, read)).rows;
}

/** Undefined: whoever there is. */
async function devicesOf(
  { devices, groups }: QueryParts,
  source: SeriesSource,
): Promise<readonly string[] | undefined> {
  if (source.kind === 'devices') return source.deviceIds;
  if (source.kind === 'all') return undefined;
  const field = { kind: 'meta', name: source.kind, at: NOWHERE } as const;
  const id = source.kind === 'group' ? source.groupId : source.templateId;
  const filter: DeviceFilter = deviceFilterOf(
    id,
    { kind: 'compare', field, operator: '=', value: id, valueAt: NOWHERE },
    groups,
  );
  return (await devices.idsOf(filter, LIMITS.CENTRAL_QUERY_DEVICES_MAX)).deviceIds;
}

const NOWHERE = { offset: 0, length: 0 };

function namedSeries(
  { history }: QueryParts,
  names: NonNullable<LatestRequest['names']>,
  deviceIds: readonly string[] | undefined,
): readonly Series[] {
  return names.flatMap(({ component, name }) =>
    seriesOfPath(history, [...(component == null ? [] : [component]), ...name.split('.')], deviceIds),
  );
}

async function everySeries(parts: QueryParts, deviceIds: readonly string[] | undefined): Promise<readonly Series[]> {
  if (deviceIds?.length === 0) return [];
  const of = deviceIds === undefined ? sql`` : sql` WHERE device_id IN (SELECT unnest(${deviceIds}::VARCHAR[]))`;
  const columns = new Sql('series_id, device_id, module_id, component, name');
  const rows = await ask(parts, joinSql([sql`SELECT ${columns} FROM series`, of], ''), undefined);
  return rows.map(([seriesId, deviceId, moduleId, component, name]) => ({
    seriesId: Number(seriesId),
    deviceId: String(deviceId),
    moduleId: String(moduleId),
    component: String(component),
    name: String(name),
  }));
}

function latestOf(
  { deviceId, moduleId, component, name }: Series,
  value: unknown,
  time: number,
  enqueuedTime: number,
): LatestValue {
  return {
    deviceId,
    moduleId: moduleId === '' ? null : moduleId,
    component: component === '' ? null : component,
    name,
    value,
    time: new Date(time).toISOString(),
    enqueuedTime: new Date(enqueuedTime).toISOString(),
  };
}

function sortKey({ deviceId, moduleId, component, name }: LatestValue): string {
  return [deviceId, moduleId ?? '', component ?? '', name].join('\0');
}
