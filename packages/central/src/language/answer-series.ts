import {
  asHubError,
  HubError,
  LIMITS,
  type SeriesAnswer,
  type SeriesLine,
  type SeriesRequest,
} from '@viaduct/contracts';
import { decodeRow } from './decode-rows.ts';
import { formatCentralQuery } from './format-central-query.ts';
import { columnName } from './parse-central-query.ts';
import { keyOf, type PlainLine, type SeriesRead } from './plain-line.ts';
import type { QueryParts } from './run-central-query.ts';
import { isLarge, readPoints } from './series-points.ts';
import { isId, queryOfSeries, type SeriesQuery } from './series-query.ts';
import { planTelemetry, type TelemetryPlan } from './telemetry-plan.ts';
import { compileTelemetry } from './telemetry-sql.ts';

/** Answers each request of a batch, a few at a time; one that is refused says why and leaves the others alone. */
export async function answerSeries(
  parts: QueryParts,
  requests: readonly SeriesRequest[],
  signal?: AbortSignal,
): Promise<SeriesAnswer[]> {
  const answers: SeriesAnswer[] = [];
  const waiting = requests.entries();
  // All at once, a page of many tiles would be refused: no more wait at the history than it lets.
  const work = async () => {
    for (const [index, request] of waiting) {
      answers[index] = await answerOne(parts, request, signal).catch((thrown: unknown) => unanswered(thrown, parts));
    }
  };
  await Promise.all(Array.from({ length: LIMITS.HISTORY_QUERIES_MAX }, work));
  return answers;
}

async function answerOne(
  parts: QueryParts,
  request: SeriesRequest,
  signal: AbortSignal | undefined,
): Promise<SeriesAnswer> {
  const series = queryOfSeries(request, parts.hub.clock.now());
  const text = formatCentralQuery(series.query);
  const { plan, isCut: areDevicesCut } = atMostLines(await planSeries(parts, series, text), series);
  const whole = { plan, series, text, ...(signal !== undefined && { signal }) };
  const isEstimate = mayEstimate(request) && (await isLarge(parts, whole));
  const read = isEstimate ? { ...whole, plan: { ...plan, isSampled: true } } : whole;
  const { lines, isCut } = series.resolution === null ? await readPoints(parts, read) : await readBuckets(parts, read);
  const named = await withLabels(parts, series, lines.slice(0, LIMITS.SERIES_LINES_MAX));
  return {
    query: text,
    from: new Date(series.from).toISOString(),
    to: new Date(series.to).toISOString(),
    resolution: series.resolution,
    lines: named,
    isCut: isCut || areDevicesCut || lines.length > LIMITS.SERIES_LINES_MAX,
    ...(isEstimate && { isEstimate }),
  };
}

/** A part of the points says about how high they are, and nothing of how many, or which was the last. */
function mayEstimate({ aggregate, newest, mayEstimate: isAsked = false }: SeriesRequest): boolean {
  return isAsked && newest === undefined && ['none', 'avg', 'min', 'max'].includes(aggregate);
}

/** A chart names what it is of before anything came: its name is telemetry, and what it is split by a property. */
export function planSeries(
  parts: QueryParts,
  { query, split, from, to }: SeriesQuery,
  text: string,
): Promise<TelemetryPlan> {
  const splitKey = split === null ? null : columnName(split);
  const kindOf = (field: Parameters<typeof columnName>[0]) =>
    columnName(field) === splitKey ? 'property' : 'telemetry';
  return planTelemetry(parts, query, { text, now: parts.hub.clock.now(), kindOf }).then((plan) => ({
    ...plan,
    from,
    to: to + AHEAD_MS,
  }));
}

/** Devices whose clocks are a little ahead are seen at once. */
const AHEAD_MS = 1_000;

/** Of a line a device, no more devices are read than there may be lines. */
function atMostLines(plan: TelemetryPlan, { split }: SeriesQuery): { plan: TelemetryPlan; isCut: boolean } {
  if (split === null || !isId(split)) return { plan, isCut: false };
  const ids = [...new Set(plan.fields.flatMap(({ series }) => series.map(({ deviceId }) => deviceId)))].sort();
  if (ids.length <= LIMITS.SERIES_LINES_MAX) return { plan, isCut: false };
  const kept = new Set(ids.slice(0, LIMITS.SERIES_LINES_MAX));
  const fields = plan.fields.map((field) => ({
    ...field,
    series: field.series.filter(({ deviceId }) => kept.has(deviceId)),
  }));
  return { plan: { ...plan, fields }, isCut: true };
}

/** Columns of the statement: time, [split], value, [least, largest]; its rows are ordered by the split, then by time. */
async function readBuckets(
  parts: QueryParts,
  { plan, series, text, signal }: SeriesRead,
): Promise<{ lines: PlainLine[]; isCut: boolean }> {
  const rowsMax = LIMITS.SERIES_LINES_MAX * LIMITS.SERIES_POINTS_MAX;
  const { statement, columns } = compileTelemetry(plan, text, rowsMax);
  const { rows, isCut } = await parts.history.query(statement.text, statement.parameters, {
    rowsMax,
    ...(signal !== undefined && { signal }),
  });
  const at = series.split === null ? 1 : 2;
  const lines = new Map<string, PlainLine>();
  for (const row of rows) {
    const values = decodeRow(columns.slice(at - 1), row);
    const key = series.split === null ? 'all' : keyOf(values[0]);
    const line = lines.get(key) ?? newLine(key, columns.length > at + 1);
    lines.set(key, line);
    line.times.push(row[0] as number);
    const [value, min, max] = values.slice(1);
    line.values.push(value);
    line.min?.push(min as number | null);
    line.max?.push(max as number | null);
  }
  return { lines: [...lines.values()], isCut };
}

function newLine(key: string, hasBand: boolean): PlainLine {
  return { key, times: [], values: [], ...(hasBand && { min: [], max: [] }) };
}

async function withLabels(
  { devices }: QueryParts,
  { split }: SeriesQuery,
  lines: readonly PlainLine[],
): Promise<SeriesLine[]> {
  const isByDevice = split !== null && isId(split);
  const ids = isByDevice ? lines.map(({ key }) => key) : [];
  const known =
    ids.length === 0
      ? []
      : (
          await devices.list({
            filter: { kind: 'in', field: { kind: 'meta', name: 'id' }, values: ids },
            limit: ids.length,
          })
        ).items;
  const names = new Map(known.map(({ deviceId, displayName }) => [deviceId, displayName]));
  return lines.map((line) => ({
    ...line,
    label: isByDevice ? (names.get(line.key) ?? line.key) : line.key === '' ? 'none' : line.key,
  }));
}

function unanswered(thrown: unknown, { hub }: QueryParts): SeriesAnswer {
  // A fault is logged and answered as one, whoever else asked; a refusal is this request's alone.
  if (!(thrown instanceof HubError)) throw thrown;
  const { code, message } = asHubError(thrown);
  const now = new Date(hub.clock.now()).toISOString();
  return { query: '', from: now, to: now, resolution: null, lines: [], isCut: false, problem: { code, message } };
}
