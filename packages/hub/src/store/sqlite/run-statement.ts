import { LIMITS } from '@viaduct/contracts';
import Database from 'better-sqlite3';
import type { KeyValue, RowShape } from '../sql/query/compile-query.ts';
import { keysOf, type Row, shapeRow } from '../sql/query/shape-row.ts';
import { defineQueryFunctions } from './sqlite-query-dialect.ts';

/** A compiled query as plain data: what goes to the thread that runs it. */
export interface QueryStatement {
  readonly sql: string;
  readonly parameters: readonly unknown[];
  readonly shape: RowShape;
  readonly keys: number;
}

export interface StatementAnswer {
  /** JSON, an item each. */
  readonly items: readonly string[];
  /** Keys of the last item; null when there is none. */
  readonly lastKeys: readonly KeyValue[] | null;
  /** Rows were left because the page became too large. */
  readonly cut: boolean;
}

/** A connection that can only read. `onRow` is called for every row that a query looks at; what it throws ends the query. */
export function openQueryConnection(file: string, onRow: () => void): Database.Database {
  const database = new Database(file, { readonly: true });
  defineQueryFunctions(database, onRow);
  return database;
}

/** Reads until the rows end, or the page has as many bytes as one may have; one row is always in it. */
export function runStatement(
  database: Database.Database,
  { sql, parameters, shape, keys }: QueryStatement,
): StatementAnswer {
  const items: string[] = [];
  let lastKeys: KeyValue[] | null = null;
  let bytes = 0;
  for (const row of database.prepare<unknown[], Row>(sql).iterate(...parameters)) {
    const item = JSON.stringify(shapeRow(shape, row));
    bytes += item.length;
    if (bytes > LIMITS.QUERY_PAGE_BYTES_MAX && items.length > 0) return { items, lastKeys, cut: true };
    items.push(item);
    lastKeys = keysOf(row, keys);
  }
  return { items, lastKeys, cut: false };
}
