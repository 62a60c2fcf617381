import { HubError } from '@viaduct/contracts';
import type { History } from '../history/history.ts';
import type { NameBook } from './name-book.ts';
import { isAggregate } from './parse-central-query.ts';
import type { CentralQuery, PathField } from './query-syntax.ts';
import { refuse } from './refuse.ts';
import { fieldsOf } from './telemetry-plan.ts';

interface Checked {
  readonly text: string;
  readonly query: CentralQuery;
  readonly book: NameBook;
  /** Otherwise it is about properties. */
  readonly isTelemetry: boolean;
  readonly history: Pick<History, 'query'>;
}

/** Whether every name is known, and of the kind that the query is about. @throws QueryRefusal query.invalid, with the nearest name */
export async function checkNames(checked: Checked): Promise<void> {
  const { text, query, book, isTelemetry } = checked;
  const keys = query.groupBy.filter((key) => key.kind === 'path');
  const values = [...query.items.map(({ value }) => value), ...query.orderBy.map(({ by }) => by)];
  const isKey = (field: PathField) => keys.some(({ path }) => path.join('.') === field.path.join('.'));
  const counted = values.filter(isAggregate).map(({ field }) => field);
  const plain = values.filter((value) => value.kind === 'path').filter((field) => !isKey(field));
  const asked = (query.where === null ? [] : fieldsOf(query.where)).filter((field) => field.kind === 'path');
  await requireKnown(checked, [...counted, ...plain, ...keys, ...asked]);
  if (!isTelemetry) {
    const stray = [...plain, ...asked].find((field) => book.kindOf(field) === 'telemetry');
    if (stray === undefined) return;
    throw refuse(text, stray.at, 'this is telemetry, and the query selects properties: a query has one or the other');
  }
  const stray = [...counted, ...plain].find((field) => book.kindOf(field) !== 'telemetry');
  if (stray !== undefined) {
    throw refuse(
      text,
      stray.at,
      'this is a property, and the query is about telemetry: a query selects one or the other',
    );
  }
  if (counted.length + plain.length + keys.filter((key) => book.kindOf(key) === 'telemetry').length > 0) return;
  throw refuse(
    text,
    query.items[0]!.value.at,
    'name a telemetry to select: without one there is nothing that has a time',
  );
}

/** Of devices of any kind, a property that no model has may be meant: it is taken for one, unless it is nearly something else. */
async function requireKnown(
  { text, query, book, isTelemetry, history }: Checked,
  fields: readonly PathField[],
): Promise<void> {
  const unknown = fields.find((field) => book.kindOf(field) === 'unknown');
  if (unknown === undefined) return;
  const nearest = book.nearest(unknown, query.source.kind === 'devices' ? await seenNames(history) : []);
  if (query.source.kind === 'devices' && nearest === undefined && !isTelemetry) return;
  const hint = nearest === undefined ? '' : `; did you mean ${nearest}?`;
  throw refuse(text, unknown.at, `no model has this name, and no device ever sent it${hint}`);
}

/** As many as are worth comparing. */
const SEEN_NAMES_MAX = 5_000;

async function seenNames(history: Pick<History, 'query'>): Promise<readonly string[]> {
  const statement = "SELECT DISTINCT concat_ws('.', nullif(module_id, ''), nullif(component, ''), name) FROM series";
  try {
    const { rows } = await history.query(statement, [], { rowsMax: SEEN_NAMES_MAX });
    return rows.map(([name]) => String(name));
  } catch (thrown) {
    // Without a history nobody ever said anything.
    if (thrown instanceof HubError && thrown.code === 'history.unavailable') return [];
    throw thrown;
  }
}
