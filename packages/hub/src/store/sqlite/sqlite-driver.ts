import assert from 'node:assert/strict';
import { HubError } from '@viaduct/contracts';
import type Database from 'better-sqlite3';
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  type QueryResult,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';

/**
 * Kysely's SQLite dialect with our own driver. The one Kysely brings prepares every statement anew and hands its one
 * connection out under a lock on which all waiters wake at every release: a connect storm of n devices costs n². Here a
 * statement is prepared once, and nobody waits: calls into SQLite are synchronous, and only the group writer opens
 * transactions, one at a time.
 */
export function sqliteDialect(database: Database.Database): Dialect {
  return {
    createAdapter: () => new SqliteAdapter(),
    createDriver: () => new SqliteDriver(database),
    createIntrospector: (db) => new SqliteIntrospector(db),
    createQueryCompiler: () => new SqliteQueryCompiler(),
  };
}

const STATEMENTS_MAX = 200;

class SqliteDriver implements Driver, DatabaseConnection {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement<unknown[]>>();

  constructor(database: Database.Database) {
    this.#database = database;
  }

  async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
    const statement = this.#prepared(sql);
    if (statement.reader) return { rows: statement.all(...parameters) as R[] };
    const { changes, lastInsertRowid } = statement.run(...parameters);
    return { rows: [], numAffectedRows: BigInt(changes), insertId: BigInt(lastInsertRowid) };
  }

  #prepared(text: string): Database.Statement<unknown[]> {
    if (!this.#database.open) throw new HubError('server.draining', 'the store is closed: the server is stopping');
    let statement = this.#statements.get(text);
    if (statement !== undefined) return statement;
    statement = this.#database.prepare<unknown[]>(text);
    // Lists of variable length make texts without end; the few dozen that matter are back at once.
    if (this.#statements.size >= STATEMENTS_MAX) this.#statements.clear();
    this.#statements.set(text, statement);
    return statement;
  }

  streamQuery(): never {
    assert.fail('results are read in pages, never streamed');
  }

  async init(): Promise<void> {}

  async acquireConnection(): Promise<DatabaseConnection> {
    return this;
  }

  async releaseConnection(): Promise<void> {}

  async beginTransaction(): Promise<void> {
    // IMMEDIATE: another process that writes is met here, where waiting is possible, and not at the first write.
    if (!this.#database.open) throw new HubError('server.draining', 'the store is closed: the server is stopping');
    this.#database.exec('BEGIN IMMEDIATE');
  }

  async commitTransaction(): Promise<void> {
    this.#database.exec('COMMIT');
  }

  async rollbackTransaction(): Promise<void> {
    // SQLite has rolled back by itself after some errors, a full disk among them.
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
  }

  async destroy(): Promise<void> {
    this.#statements.clear();
  }
}
