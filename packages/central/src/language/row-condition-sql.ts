import { PointType } from '../history/history-schema.ts';
import { parseInstant } from './iso-time.ts';
import type { Field, Literal, Operator, Span } from './query-syntax.ts';
import { refuse } from './refuse.ts';
import { joinSql, name, type Sql, sql } from './sql.ts';
import { isTime, type RowCondition, timeOf } from './telemetry-plan.ts';

/** Which of the fields of a row this is. */
type FindsField = (key: string) => number;

/** A condition on rows with the columns nK, tK, yK, `ts` and `m.device_id`. A value of another type than what it is compared with never matches. */
export function conditionSql(condition: RowCondition, text: string, find: FindsField): Sql {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return sql`(${joinSql(
        condition.terms.map((term) => conditionSql(term, text, find)),
        condition.kind === 'and' ? ' AND ' : ' OR ',
      )})`;
    case 'not':
      // What a message does not have is neither so nor not so; people who write NOT mean the rest.
      return sql`(NOT coalesce(${conditionSql(condition.term, text, find)}, false))`;
    case 'devices':
      return condition.deviceIds.length === 0
        ? sql`false`
        : sql`m.device_id IN (SELECT unnest(${condition.deviceIds}::VARCHAR[]))`;
    case 'window':
      return condition.window.kind === 'last' ? sql`true` : within(condition.window);
    case 'isNull':
      return isTime(condition.field) ? sql`false` : sql`(${column('y', condition.field, find)} IS NULL)`;
    case 'contains':
      return sql`contains(lower(${textColumn(condition.field, text, find)}), lower(${condition.text}))`;
    case 'startsWith':
      return sql`starts_with(lower(${textColumn(condition.field, text, find)}), lower(${condition.text}))`;
    case 'like':
      return sql`regexp_full_match(${textColumn(condition.field, text, find)}, ${likeRegex(condition.pattern)}, 'is')`;
    case 'in':
      return sql`(${joinSql(
        condition.values.map((value) => compared(condition.field, '=', value, { text, find, at: condition.valueAt })),
        ' OR ',
      )})`;
    case 'compare':
      return compared(condition.field, condition.operator, condition.value, { text, find, at: condition.valueAt });
    default:
      return condition satisfies never;
  }
}

/**
 * The pattern as a regular expression of RE2, which takes time by the length of a text: the engine's own LIKE takes it by a power of that, one
 * for each `%`, and cannot be interrupted meanwhile.
 */
function likeRegex(pattern: string): string {
  return pattern.replace(/[\\^$.|?*+()[\]{}]|%|_/g, (sign) => (sign === '%' ? '.*' : sign === '_' ? '.' : `\\${sign}`));
}

function within({ from, to }: { readonly from: string; readonly to: string }): Sql {
  return sql`(epoch_ms(ts) >= ${parseInstant(from) ?? 0} AND epoch_ms(ts) < ${parseInstant(to) ?? 0})`;
}

interface Place {
  readonly text: string;
  readonly find: FindsField;
  readonly at: Span;
}

function compared(field: Field, operator: Operator, value: Literal, { text, find, at }: Place): Sql {
  const sign = name(operator);
  if (isTime(field)) return sql`(epoch_ms(ts) ${sign} ${timeOf(text, value, at)})`;
  if (typeof value === 'string') return sql`(${column('t', field, find)} ${sign} ${value})`;
  const number = column('n', field, find);
  if (typeof value === 'number') return sql`(${number} ${sign} ${value})`;
  return sql`(${column('y', field, find)} = ${name(String(PointType.boolean))} AND ${number} ${sign} ${name(value ? '1' : '0')})`;
}

function column(prefix: 'n' | 't' | 'y', field: Field, find: FindsField): Sql {
  return name(prefix, field.kind === 'path' ? find(field.path.join('.')) : '');
}

function textColumn(field: Field, text: string, find: FindsField): Sql {
  if (isTime(field)) throw refuse(text, field.at, '$ts is a time and no text');
  return column('t', field, find);
}
