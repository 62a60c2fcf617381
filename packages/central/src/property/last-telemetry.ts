import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import { getDevice } from '@viaduct/hub';
import type { Central } from '../central.ts';
import { PointType } from '../history/history-schema.ts';

export interface TelemetryAddress {
  readonly device: DeviceIdentity;
  /** '' for the root. */
  readonly component: string;
  readonly name: string;
}

/** As REST has it. Empty when it is in the template, and nothing was said yet. */
export interface LastTelemetry {
  readonly value?: unknown;
  /** ISO 8601. */
  readonly timestamp?: string;
}

interface LatestRow {
  readonly name: string;
  readonly time: number;
  readonly value: unknown;
}

/**
 * What a device said last of a thing; an object is put together from its members.
 *
 * @throws HubError device.notFound, module.notFound, central.notFound: neither in the template nor ever said; history.unavailable
 */
export async function lastTelemetry(
  central: Pick<Central, 'hub' | 'history' | 'devices' | 'templates'>,
  address: TelemetryAddress,
  signal: AbortSignal,
): Promise<LastTelemetry> {
  const { device, component, name } = address;
  await getDevice(central.hub, device);
  const series = central.history
    .seriesOf(device)
    .filter((each) => each.component === component && (each.name === name || each.name.startsWith(`${name}.`)));
  if (series.length > 0) {
    const ids = series.map(({ seriesId }) => seriesId);
    const rows = await readLatest(central, ids, new Map(series.map((each) => [each.seriesId, each.name])), signal);
    const newest = Math.max(...rows.map(({ time }) => time));
    if (rows.length > 0) return { value: wholeValue(rows, name), timestamp: new Date(newest).toISOString() };
  }
  if (await isModeled(central, address)) return {};
  throw new HubError(
    'central.notFound',
    `the device has no telemetry "${component === '' ? name : `${component}.${name}`}"`,
  );
}

async function readLatest(
  { history }: Pick<Central, 'history'>,
  ids: readonly number[],
  names: ReadonlyMap<number, string>,
  signal: AbortSignal,
): Promise<readonly LatestRow[]> {
  const sql = `SELECT series_id, time, type, number, text FROM latest WHERE series_id IN (${ids.join(', ')})`;
  const { rows } = await history.query(sql, [], { signal, rowsMax: ids.length });
  return rows.map(([id, time, type, number, text]) => ({
    name: names.get(Number(id)) ?? '',
    time: Number(time),
    value: pointValue(Number(type), number, text),
  }));
}

function pointValue(type: number, number: unknown, text: unknown): unknown {
  switch (type) {
    case PointType.number:
      return number;
    case PointType.boolean:
      return number === 1;
    case PointType.json:
      return JSON.parse(String(text)) as unknown;
    default:
      return text;
  }
}

function wholeValue(rows: readonly LatestRow[], name: string): unknown {
  const whole = rows.find((row) => row.name === name);
  if (whole !== undefined) return whole.value;
  const object: Record<string, unknown> = {};
  for (const row of rows) setAt(object, row.name.slice(name.length + 1).split('.'), row.value);
  return object;
}

function setAt(object: Record<string, unknown>, [name = '', ...rest]: readonly string[], value: unknown): void {
  const inner = Object.hasOwn(object, name) ? object[name] : undefined;
  const next = typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {};
  const placed = rest.length === 0 ? value : next;
  Object.defineProperty(object, name, { value: placed, enumerable: true, configurable: true, writable: true });
  if (rest.length > 0) setAt(next, rest, value);
}

async function isModeled(
  { devices, templates }: Pick<Central, 'devices' | 'templates'>,
  { device, component, name }: TelemetryAddress,
): Promise<boolean> {
  const templateId = device.moduleId === undefined ? (await devices.get(device.deviceId)).templateId : null;
  const fields = templateId === null ? [] : (templates.find(templateId)?.summary.telemetry ?? []);
  return fields.some((field) => field.name === name && (field.component ?? '') === component);
}
