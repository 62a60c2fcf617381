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
  /** Indexes of `query_path` that it relies on: without one of them it would find too little. */
  readonly indexes: readonly number[];
}

export interface StatementAnswer {
  /** JSON, an item each. */
  readonly items: readonly string[];
  /** Keys of the last item; null when there is none. */
  readonly lastKeys: readonly KeyValue[] | null;
  /** Rows were left because the page became too large. */
  readonly cut: boolean;
  /** An index is not there any more; nothing was read. */
  readonly isStale?: true;
}

/** A connection that can only read. `onRow` is called for every row that a query looks at; what it throws ends the query. */
export function openQueryConnection(file: string, onRow: () => void): Database.Database {
  const database = new Database(file, { readonly: true });
  defineQueryFunctions(database, onRow);
  return database;
}

/** All of it sees the database at one moment. */
export function runStatement(database: Database.Database, statement: QueryStatement): StatementAnswer {
  return database.transaction(() => {
    const isStale = statement.indexes.length > 0 && !hasIndexes(database, statement.indexes);
    return isStale ? ({ items: [], lastKeys: null, cut: false, isStale } as const) : readRows(database, statement);
  })();
}

function hasIndexes(database: Database.Database, indexes: readonly number[]): boolean {
  const found = database
    .prepare<[string], { found: number }>(
      `select count(*) as found from query_path
      where state = 'complete' and id in (select value from json_each(?))`,
    )
    .get(JSON.stringify(indexes));
  return found?.found === indexes.length;
}

/** Reads until the rows end, or the page has as many bytes as one may have; one row is always in it. */
function readRows(database: Database.Database, { sql, parameters, shape, keys }: QueryStatement): StatementAnswer {
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
