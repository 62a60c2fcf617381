import type { Condition, Field, Literal } from './query-syntax.ts';

/** A condition as text that is read as the same condition. */
export function writeCondition(condition: Condition): string {
  switch (condition.kind) {
    case 'and':
    case 'or':
      return condition.terms.map(writeTerm).join(condition.kind === 'and' ? ' AND ' : ' OR ');
    case 'not':
      return `NOT ${writeTerm(condition.term)}`;
    case 'compare':
      return `${writeAnyField(condition.field)} ${condition.operator} ${writeLiteral(condition.value)}`;
    case 'in':
      return `${writeAnyField(condition.field)} IN [${condition.values.map((value) => writeLiteral(value)).join(', ')}]`;
    case 'like':
      return `${writeAnyField(condition.field)} LIKE ${writeLiteral(condition.pattern)}`;
    case 'contains':
    case 'startsWith':
      return `${condition.kind.toUpperCase()}(${writeAnyField(condition.field)}, ${writeLiteral(condition.text)})`;
    case 'isNull':
      return `${writeAnyField(condition.field)} IS NULL`;
    case 'window': {
      const { window } = condition;
      return `WITHIN_WINDOW(${window.kind === 'last' ? writeDuration(window.duration) : `'${window.from}/${window.to}'`})`;
    }
    default:
      return condition satisfies never;
  }
}

function writeTerm(condition: Condition): string {
  return condition.kind === 'and' || condition.kind === 'or'
    ? `(${writeCondition(condition)})`
    : writeCondition(condition);
}

export function writeAnyField(field: Field): string {
  return field.kind === 'meta' ? `$${field.name}` : writeField(field.path);
}

/** Names that are no words stand in brackets. */
export function writeField(path: readonly string[]): string {
  return path
    .map((name, index) => {
      if (!PLAIN_NAME.test(name) || (index === 0 && TAKEN.has(name.toUpperCase()))) return `[${writeLiteral(name)}]`;
      return index === 0 ? name : `.${name}`;
    })
    .join('');
}

const PLAIN_NAME = /^[\p{L}_][\p{L}\p{M}\p{N}_]*$/u;
/** What a reader of the language takes for something else where a field may begin. */
const TAKEN = new Set(['NOT', 'TOP']);

/** A fraction has a point in it, which only a text may have. */
export function writeDuration(duration: string): string {
  return duration.includes('.') ? `'${duration}'` : duration;
}

export function writeLiteral(value: Literal, quote: "'" | '"' = "'"): string {
  if (typeof value !== 'string') return String(value);
  const json = JSON.stringify(value);
  return quote === '"' ? json : `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}
