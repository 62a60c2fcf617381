/** What an answer of the query page looks like as a file. Pure. */

/** A spreadsheet would take a text that begins so for a formula and run it; an apostrophe keeps it a text. */
const FORMULA = /^[=+\-@\t\r]/;

/**
 * RFC 4180, with a head; an object or array is its JSON.
 *
 * @param columns names of the items' own properties, in order
 */
export function resultsAsCsv(columns: readonly string[], items: readonly unknown[]): string {
  const lines = [
    columns.map(textField),
    ...items.map((item) => columns.map((column) => csvField(cellOf(item, column)))),
  ];
  return `${lines.map((fields) => fields.join(',')).join('\r\n')}\r\n`;
}

export function resultsAsJson(items: readonly unknown[]): string {
  return `${JSON.stringify(items, null, 2)}\n`;
}

/** The value under a column: a property of its own, or the path it spells. Undefined where there is none. */
export function cellOf(item: unknown, column: string): unknown {
  if (!isObject(item)) return column === 'value' ? item : undefined;
  if (Object.hasOwn(item, column)) return item[column];
  let value: unknown = item;
  for (const key of column.split('.')) {
    if (!isObject(value) || !Object.hasOwn(value, key)) return undefined;
    value = value[key];
  }
  return value;
}

function csvField(value: unknown): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return textField(typeof value === 'string' ? value : JSON.stringify(value));
}

function textField(text: string): string {
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
