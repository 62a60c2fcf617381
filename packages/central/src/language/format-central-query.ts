import { writeAnyField, writeCondition, writeDuration, writeLiteral } from './format-condition.ts';
import type {
  AggregateCall,
  CentralQuery,
  Field,
  GroupKey,
  OrderKey,
  QuerySource,
  SelectItem,
} from './query-syntax.ts';

/** A query as a person would write it, a line a part; read again, it is the same query. */
export function formatCentralQuery({ top, items, source, where, groupBy, orderBy }: CentralQuery): string {
  const parts = [
    `SELECT ${top === null ? '' : `TOP ${top} `}${items.map(writeItem).join(', ')}`,
    `FROM ${writeSource(source)}`,
    ...(where === null ? [] : [`WHERE ${writeCondition(where)}`]),
    ...(groupBy.length === 0 ? [] : [`GROUP BY ${groupBy.map(writeKey).join(', ')}`]),
    ...(orderBy.length === 0 ? [] : [`ORDER BY ${orderBy.map(writeOrder).join(', ')}`]),
  ];
  return parts.join('\n');
}

function writeItem({ value, name, hasAlias }: SelectItem): string {
  if (!hasAlias) return writeValue(value);
  return `${writeValue(value)} AS ${/^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u.test(name) ? name : writeLiteral(name)}`;
}

function writeValue(value: Field | AggregateCall): string {
  if (value.kind !== 'aggregate') return writeAnyField(value);
  const percent = value.percent === undefined ? '' : `, ${value.percent}`;
  return `${value.name}(${writeAnyField(value.field)}${percent})`;
}

/** An id that is none of a template's is written as a text. */
function writeSource(source: QuerySource): string {
  if (source.kind === 'devices') return 'devices';
  return /^(?:dtmi|urn):[\w:;.~-]*\w$/i.test(source.templateId) ? source.templateId : writeLiteral(source.templateId);
}

function writeKey(key: GroupKey): string {
  return key.kind === 'window' ? `WINDOW(${writeDuration(key.duration)})` : writeAnyField(key);
}

function writeOrder({ by, descending }: OrderKey): string {
  return `${writeValue(by)}${descending ? ' DESC' : ''}`;
}
