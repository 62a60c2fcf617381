/**
 * A filter of devices as rows of a form: field, operator, value, all joined by AND or all by OR. Whatever is more than that is written as
 * text. Pure.
 */
export interface FilterForm {
  readonly join: 'AND' | 'OR';
  readonly rows: readonly FilterRow[];
}

export interface FilterRow {
  /** `$template`, `$connected`, or a property with dots. */
  readonly field: string;
  readonly operator: FilterOperator;
  /** As typed; what it is, the field and the text itself say. */
  readonly value: string;
}

export const FILTER_OPERATORS = ['=', '!=', '<', '<=', '>', '>=', 'contains', 'is null', 'is not null'] as const;
type FilterOperator = (typeof FILTER_OPERATORS)[number];

const ALL = 'SELECT * FROM devices';
const WHERE = `${ALL} WHERE `;

/** Every device. */
const EMPTY_FORM: FilterForm = { join: 'AND', rows: [] };

/** As groups write it. Rows without a field are left out. */
export function formatForm({ join, rows }: FilterForm): string {
  return whereText(
    rows
      .filter(({ field }) => field !== '')
      .map(formatRow)
      .join(` ${join} `),
  );
}

/** The query whose condition this is; of a whole query, itself. */
export function whereText(condition: string): string {
  const trimmed = condition.trim();
  if (trimmed === '') return ALL;
  return /^select\b/i.test(trimmed) ? trimmed : `${WHERE}${trimmed}`;
}

/** What stands behind WHERE; empty for every device. */
export function conditionIn(query: string): string {
  return query.trim().replace(/^select\s+\*\s+from\s+devices\s*(?:where\b\s*)?/i, '');
}

/** All of them at once; undefined where nothing is asked. */
export function allOf(queries: readonly (string | undefined)[]): string | undefined {
  const conditions = queries.map((query) => conditionIn(query ?? '')).filter((condition) => condition !== '');
  if (conditions.length === 0) return undefined;
  return whereText(conditions.length === 1 ? (conditions[0] ?? '') : conditions.map((one) => `(${one})`).join(' AND '));
}

/** The form of a query, where it is no more than a form can show; else null. */
export function parseForm(query: string): FilterForm | null {
  const condition = conditionIn(query);
  if (condition.trim() === '') return EMPTY_FORM;
  const rows: FilterRow[] = [];
  let join: FilterForm['join'] | null = null;
  let rest = condition.trim();
  for (;;) {
    const row = ROW.exec(rest);
    if (row === null) return null;
    rows.push(rowOf(row));
    rest = rest.slice(row[0].length);
    if (rest.trim() === '') return { join: join ?? 'AND', rows };
    const joint = /^\s+(AND|OR)\s+/i.exec(rest);
    if (joint === null) return null;
    const said = (joint[1] ?? '').toUpperCase() as FilterForm['join'];
    if (join !== null && said !== join) return null;
    join = said;
    rest = rest.slice(joint[0].length);
  }
}

const NAME = String.raw`\$?[A-Za-z_][\w.]*`;
const LITERAL = String.raw`"(?:[^"]|"")*"|'(?:[^']|'')*'|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false`;
const ROW = new RegExp(
  `^(?:contains\\(\\s*(?<searched>${NAME})\\s*,\\s*(?<part>${LITERAL})\\s*\\)|(?<field>${NAME})\\s*(?:(?<operator>=|!=|<>|<=|>=|<|>)\\s*(?<value>${LITERAL})|is\\s+(?<not>not\\s+)?null))`,
  'i',
);

function rowOf(row: RegExpExecArray): FilterRow {
  const { searched, part = '', field = '', operator, value = '', not } = row.groups ?? {};
  if (searched !== undefined) return { field: searched, operator: 'contains', value: unquoted(part) };
  if (operator === undefined) return { field, operator: not === undefined ? 'is null' : 'is not null', value: '' };
  return { field, operator: operator === '<>' ? '!=' : (operator as FilterOperator), value: unquoted(value) };
}

function formatRow({ field, operator, value }: FilterRow): string {
  if (operator === 'is null' || operator === 'is not null') return `${field} ${operator.toUpperCase()}`;
  if (operator === 'contains') return `CONTAINS(${field}, ${quoted(value)})`;
  return `${field} ${operator} ${TEXT_FIELDS.has(field) || !LITERAL_TEXT.test(value) ? quoted(value) : value}`;
}

/** What is a number or a truth value to a property would be a text to these. */
const TEXT_FIELDS: ReadonlySet<string> = new Set(['$id', '$displayName', '$template', '$organization']);
const LITERAL_TEXT = /^(?:-?\d+(?:\.\d+)?|true|false)$/;

export function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

function unquoted(literal: string): string {
  const mark = literal[0];
  return mark === '"' || mark === "'" ? literal.slice(1, -1).replaceAll(mark + mark, mark) : literal.toLowerCase();
}
