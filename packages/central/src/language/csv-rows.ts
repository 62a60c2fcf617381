import { csvLine } from '../directory/import/csv-line.ts';

/**
 * One row as CSV. A text that begins like a formula gets an apostrophe before it: spreadsheets would calculate what a device sent.
 * Numbers, times and truth values are written as they are.
 */
export function csvRow(cells: readonly unknown[]): string {
  return csvLine(cells.map(cellText));
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}
