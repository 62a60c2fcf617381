import { LIMITS, type TimeRange } from '@viaduct/contracts';
import type { History, HistoryRead } from '../history/history.ts';
import type { TemplateBook } from '../template/template-book.ts';
import { checkNames } from './check-names.ts';
import { checkStrict, type QueryProfile, STRICT } from './check-strict.ts';
import { decodeRow } from './decode-rows.ts';
import { type FindsSeries, type NameBook, openNameBook } from './name-book.ts';
import { isAggregate, isGrouped, parseCentralQuery } from './parse-central-query.ts';
import { runPropertyQuery } from './property-query.ts';
import type { CentralQuery, PathField } from './query-syntax.ts';
import { joined } from './read-condition.ts';
import { windowOf } from './series-query.ts';
import { fieldsOf, isTime, type PlanParts, planTelemetry } from './telemetry-plan.ts';
import { type Compiled, compileTelemetry } from './telemetry-sql.ts';

export interface QueryParts extends PlanParts {
  readonly templates: TemplateBook;
  readonly history: FindsSeries & Pick<History, 'query' | 'writeParquet'>;
  readonly hub: { readonly clock: { now(): number } };
}

export interface QueryOptions {
  readonly profile?: QueryProfile;
  readonly rowsMax?: number;
  /** Instead of the windows in the text: what was typed follows the page that shows it. Conditions on `$ts` hold besides. */
  readonly range?: TimeRange;
  readonly signal?: AbortSignal;
}

export interface QueryAnswer {
  readonly columns: readonly { readonly name: string; readonly kind: Compiled['columns'][number]['kind'] }[];
  readonly rows: readonly (readonly unknown[])[];
  readonly isCut: boolean;
}

/**
 * Answers a query in the language of docs/protocol/central-query.md: the only way to the history.
 *
 * @throws QueryRefusal query.invalid, query.limitExceeded; HubError history.busy, history.tooLong (retry), history.unavailable
 */
export async function runCentralQuery(
  parts: QueryParts,
  text: string,
  options: QueryOptions = {},
): Promise<QueryAnswer> {
  const prepared = await prepareQuery(parts, text, options);
  const { query, rowsMax } = prepared;
  if (prepared.kind === 'properties') {
    const columns = query.items.map(({ name }) => ({ name, kind: 'json' as const }));
    return { columns, ...(await runPropertyQuery(parts, query, { text, rowsMax })) };
  }
  const { statement, columns } = prepared.compiled;
  const read: HistoryRead = { rowsMax, ...(options.signal !== undefined && { signal: options.signal }) };
  const { rows, isCut } = await parts.history.query(statement.text, statement.parameters, read);
  return { columns, rows: rows.map((row) => decodeRow(columns, row)), isCut };
}

export type PreparedQuery =
  | { readonly kind: 'properties'; readonly query: CentralQuery; readonly rowsMax: number }
  | { readonly kind: 'telemetry'; readonly query: CentralQuery; readonly rowsMax: number; readonly compiled: Compiled };

/** What a query means, up to the statement. One row more than wanted is asked for, to tell that there are more. */
export async function prepareQuery(parts: QueryParts, text: string, options: QueryOptions): Promise<PreparedQuery> {
  const typed = parseCentralQuery(text);
  if (options.profile === 'strict') checkStrict(text, typed);
  const book = openNameBook(parts, text, typed);
  const isTelemetry = asksTelemetry(typed, book);
  const { range } = options;
  const query = range === undefined || !isTelemetry ? typed : within(typed, range, parts.hub.clock.now());
  const profileMax =
    options.profile === 'strict'
      ? isTelemetry
        ? STRICT.telemetryRows
        : STRICT.propertyRows
      : LIMITS.CENTRAL_QUERY_ROWS_MAX;
  const rowsMax = options.rowsMax ?? profileMax;
  await checkNames({ text, query, book, isTelemetry, history: parts.history });
  if (!isTelemetry) return { kind: 'properties', query, rowsMax };
  const plan = await planTelemetry(parts, query, {
    text,
    now: parts.hub.clock.now(),
    kindOf: (field) => book.kindOf(field),
  });
  return { kind: 'telemetry', query, rowsMax, compiled: compileTelemetry(plan, text, rowsMax + 1) };
}

/** The query over another time. Windows within an OR or a NOT are conditions like others, and stay. */
function within(query: CentralQuery, range: TimeRange, now: number): CentralQuery {
  const terms = query.where === null ? [] : query.where.kind === 'and' ? query.where.terms : [query.where];
  const others = terms.filter(({ kind }) => kind !== 'window');
  return { ...query, where: joined('and', [...others, windowOf(range, now)]) };
}

/** A query is over messages or over devices, never both. */
function asksTelemetry(query: CentralQuery, book: NameBook): boolean {
  const values = [...query.items.map(({ value }) => value), ...query.orderBy.map(({ by }) => by)];
  if (isGrouped(query) || values.some((value) => !isAggregate(value) && isTime(value))) return true;
  if (query.where !== null && (hasWindow(query.where) || fieldsOf(query.where).some(isTime))) return true;
  const kinds = values.filter(isPath).map((field) => book.kindOf(field));
  return kinds.includes('telemetry');
}

function isPath(value: CentralQuery['items'][number]['value']): value is PathField {
  return value.kind === 'path';
}

function hasWindow(condition: NonNullable<CentralQuery['where']>): boolean {
  if (condition.kind === 'not') return hasWindow(condition.term);
  return 'terms' in condition ? condition.terms.some(hasWindow) : condition.kind === 'window';
}
