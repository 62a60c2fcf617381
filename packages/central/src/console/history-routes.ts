import {
  type HistoryAnswer,
  type HistoryDownload,
  type HistoryQuery,
  type LatestRequest,
  LIMITS,
  type SeriesBatch,
} from '@viaduct/contracts';
import { attachment } from '@viaduct/hub';
import type { FastifyInstance } from 'fastify';
import { answerSeries } from '../language/answer-series.ts';
import { downloadRows } from '../language/download-rows.ts';
import { readLatest } from '../language/read-latest.ts';
import { type QueryAnswer, runCentralQuery } from '../language/run-central-query.ts';
import type { ConsoleParts } from './console-parts.ts';
import { goneSignal } from './console-request.ts';

/** What devices said; `contracts/src/console-history.ts` lists the routes. Reading only, so nothing is audited. */
export function historyRoutes(app: FastifyInstance, parts: ConsoleParts): void {
  app.post<{ Body: SeriesBatch }>('/history/series', { schema: { body: SERIES } }, ({ body }, reply) =>
    answerSeries(parts, body.requests, goneSignal(reply)),
  );

  app.post<{ Body: LatestRequest }>('/history/latest', { schema: { body: LATEST } }, ({ body }, reply) =>
    readLatest(parts, body, goneSignal(reply)),
  );

  app.post<{ Body: HistoryQuery }>(
    '/history/query',
    { schema: { body: QUERY } },
    async ({ body }, reply): Promise<HistoryAnswer> => {
      const begin = parts.hub.clock.now();
      const answer = await runCentralQuery(parts, body.query, {
        signal: goneSignal(reply),
        ...(body.range !== undefined && { range: body.range }),
      });
      return { ...withTypes(answer), durationMs: parts.hub.clock.now() - begin };
    },
  );

  app.post<{ Body: HistoryDownload }>('/history/download', { schema: { body: DOWNLOAD } }, async ({ body }, reply) => {
    const stream = await downloadRows(parts, body, goneSignal(reply));
    const type = body.format === 'csv' ? 'text/csv; charset=utf-8' : 'application/vnd.apache.parquet';
    return reply
      .type(type)
      .header('content-disposition', attachment(`history.${body.format}`))
      .send(stream);
  });
}

/** A column is of numbers when all its values are; of JSON when they differ. */
function withTypes({ columns, rows, isCut }: QueryAnswer): Omit<HistoryAnswer, 'durationMs'> {
  return { rows, isCut, columns: columns.map(({ name, kind }, index) => ({ name, type: typeOf(kind, rows, index) })) };
}

function typeOf(
  kind: QueryAnswer['columns'][number]['kind'],
  rows: QueryAnswer['rows'],
  index: number,
): HistoryAnswer['columns'][number]['type'] {
  if (kind === 'time' || kind === 'number' || kind === 'text') return kind;
  const types = new Set(
    rows
      .map((row) => row[index])
      .filter((value) => value !== null)
      .map((value) => typeof value),
  );
  const [only = 'string'] = types;
  if (types.size > 1 || only === 'object') return 'json';
  return only === 'number' ? 'number' : only === 'boolean' ? 'boolean' : 'text';
}

const TEXT = { type: 'string', maxLength: LIMITS.SERIES_NAME_CHARACTERS_MAX } as const;
export const SOURCE = {
  type: 'object',
  required: ['kind'],
  additionalProperties: false,
  properties: {
    kind: { enum: ['devices', 'group', 'template', 'all'] },
    deviceIds: { type: 'array', maxItems: LIMITS.SERIES_DEVICES_MAX, items: TEXT },
    groupId: TEXT,
    templateId: { type: 'string', maxLength: 2_048 },
  },
  oneOf: [
    { properties: { kind: { const: 'devices' } }, required: ['deviceIds'] },
    { properties: { kind: { const: 'group' } }, required: ['groupId'] },
    { properties: { kind: { const: 'template' } }, required: ['templateId'] },
    { properties: { kind: { const: 'all' } } },
  ],
} as const;
export const RANGE = {
  type: 'object',
  required: ['kind'],
  properties: { kind: { enum: ['last', 'between'] }, duration: TEXT, from: TEXT, to: TEXT },
  oneOf: [
    { properties: { kind: { const: 'last' } }, required: ['duration'] },
    { properties: { kind: { const: 'between' } }, required: ['from', 'to'] },
  ],
} as const;
const COUNT = { type: 'integer', minimum: 1 } as const;
const ONE_SERIES = {
  type: 'object',
  required: ['source', 'name', 'aggregate', 'range'],
  additionalProperties: false,
  properties: {
    source: SOURCE,
    component: { ...TEXT, type: ['string', 'null'] },
    name: { ...TEXT, minLength: 1 },
    aggregate: { enum: ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'none'] },
    splitBy: {
      oneOf: [
        { const: 'device' },
        { type: 'object', required: ['property'], properties: { property: { ...TEXT, minLength: 1 } } },
      ],
    },
    range: RANGE,
    resolution: TEXT,
    pointsMax: COUNT,
    newest: COUNT,
    mayEstimate: { type: 'boolean' },
  },
} as const;
const SERIES = {
  type: 'object',
  required: ['requests'],
  additionalProperties: false,
  properties: { requests: { type: 'array', maxItems: LIMITS.SERIES_REQUESTS_MAX, items: ONE_SERIES } },
} as const;
const LATEST = {
  type: 'object',
  required: ['source'],
  additionalProperties: false,
  properties: {
    source: SOURCE,
    names: {
      type: 'array',
      maxItems: LIMITS.SERIES_PER_DEVICE_MAX,
      items: {
        type: 'object',
        required: ['name'],
        properties: { component: { ...TEXT, type: ['string', 'null'] }, name: TEXT },
      },
    },
  },
} as const;
// One character more than a query may have: the refusal is the reader's, in words.
const QUERY_TEXT = { type: 'string', maxLength: LIMITS.CENTRAL_QUERY_CHARACTERS_MAX + 1 } as const;
const QUERY = {
  type: 'object',
  required: ['query'],
  additionalProperties: false,
  properties: { query: QUERY_TEXT, range: RANGE },
} as const;
const DOWNLOAD = {
  type: 'object',
  required: ['format'],
  additionalProperties: false,
  properties: { query: QUERY_TEXT, series: ONE_SERIES, format: { enum: ['csv', 'parquet'] } },
} as const;
