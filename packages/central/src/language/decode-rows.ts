import { PointType } from '../history/history-schema.ts';
import type { OutputColumn } from './telemetry-sql.ts';

/** Rows of a statement as rows of an answer: one value a column, times as instants. NaN and infinities are no JSON, so they are null. */
export function decodeRow(columns: readonly OutputColumn[], row: readonly unknown[]): unknown[] {
  return columns.map(({ kind, index }) => {
    const value = row[index];
    switch (kind) {
      case 'value':
        return plainValue(value, row[index + 1], row[index + 2]);
      case 'time':
        return typeof value === 'number' ? new Date(value).toISOString() : null;
      case 'json':
        return value === null || value === undefined ? null : parsed(String(value));
      case 'number':
        return Number.isFinite(value) ? value : null;
      case 'text':
        return value ?? null;
      default:
        return kind satisfies never;
    }
  });
}

/** What three columns of a value are, as one. */
export function plainValue(number: unknown, text: unknown, type: unknown): unknown {
  switch (type) {
    case null:
    case undefined:
      return null;
    case PointType.number:
      return Number.isFinite(number) ? number : null;
    case PointType.boolean:
      return number === 1;
    case PointType.string:
      return text;
    default:
      return parsed(String(text));
  }
}

/** What was cut for its length is no JSON any more. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}
