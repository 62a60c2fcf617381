import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { Kysely } from 'kysely';
import type { JsonObject, PageOfQuery, QueryPage, QueryStats, QueryStore } from '../../core/ports.ts';
import { readContinuation, writeContinuation } from '../../core/query/continuation.ts';
import type { Expression, Query, QuerySource, Selection } from '../../core/query/expression.ts';
import type { OnFault } from '../../core/repeating-task.ts';
import { type CompiledQuery, type IndexUse, QueryCompiler } from '../sql/query/compile-query.ts';
import { type Equality, findEqualities } from '../sql/query/find-equalities.ts';
import type { HubSchema } from '../sql/schema.ts';
import type { PathIndexes } from './path-indexes.ts';
import type { QueryWorkers } from './query-workers.ts';
import type { QueryStatement, StatementAnswer } from './run-statement.ts';
import { EVERY_ROW, sqliteQueryDialect } from './sqlite-query-dialect.ts';

/**
 * Queries over the registry and the twins, in SQLite. A query that took long and asks a tag or property by equality gets an index for
 * the next time.
 */
export class SqliteQueries implements QueryStore {
  readonly #db: Kysely<HubSchema>;
  readonly #workers: QueryWorkers;
  readonly #indexes: PathIndexes;
  readonly #onFault: OnFault;
  readonly #slowMs: number;
  readonly #compiler = new QueryCompiler(sqliteQueryDialect, EVERY_ROW);

  /** `db` is only asked to write SQL down. */
  constructor({ db, workers, indexes, onFault, slowMs = LIMITS.QUERY_SLOW_MS }: SqliteQueriesParts) {
    this.#db = db;
    this.#workers = workers;
    this.#indexes = indexes;
    this.#onFault = onFault;
    this.#slowMs = slowMs;
  }

  async query(query: Query, { limit, continuation, signal }: PageOfQuery): Promise<QueryPage> {
    const { keys } = this.#compiler.query(query, { limit: 1, after: null }, null);
    const place = continuation === undefined ? null : readContinuation(query.text, continuation, keys);
    const left = place === null ? query.top : place.left;
    const rows = Math.min(limit, LIMITS.QUERY_PAGE_MAX, left ?? limit);
    const page = { limit: rows, after: place?.keys ?? null };
    const { items, lastKeys, cut } = await this.#run(
      query,
      (index) => this.#compiler.query(query, page, index),
      signal,
    );
    const leftAfter = left === null ? null : left - items.length;
    const isLast = lastKeys === null || lastKeys.length === 0 || leftAfter === 0 || (items.length < rows && !cut);
    return {
      itemType: itemTypeOf(query),
      items: items.map((item) => JSON.parse(item) as JsonObject),
      continuation: isLast ? null : writeContinuation(query.text, { keys: lastKeys, left: leftAfter }),
    };
  }

  async selectIdentities(
    selection: Selection,
    { after, limit }: { readonly after?: DeviceIdentity; readonly limit: number },
  ): Promise<readonly DeviceIdentity[]> {
    const page = { limit, after: after === undefined ? null : [after.deviceId, after.moduleId ?? ''] };
    const { items } = await this.#run(selection, (index) => this.#compiler.identities(selection, page, index));
    return items.map((item) => JSON.parse(item) as DeviceIdentity);
  }

  async countIdentities(selection: Selection): Promise<number> {
    const { items } = await this.#run(selection, (index) => this.#compiler.count(selection, index));
    return (JSON.parse(items[0] ?? '{"count":0}') as { count: number }).count;
  }

  get stats(): QueryStats {
    const indexes = this.#indexes.list().map(({ section, json_path, state }) => ({ section, path: json_path, state }));
    return { ...this.#workers.stats, indexes };
  }

  /** With an index where there is one; what was slow without gets one. */
  async #run(
    { source, where }: { readonly source: QuerySource; readonly where: Expression | null },
    compile: (index: IndexUse | null) => CompiledQuery,
    signal?: AbortSignal,
  ): Promise<StatementAnswer> {
    const equalities = source === 'devices.jobs' ? [] : findEqualities(where);
    const index = this.#indexFor(equalities);
    if (index !== null) {
      const answer = await this.#workers.run(this.#statement(compile(index), [index.id]), signal);
      if (answer.isStale !== true) return answer;
    }
    try {
      const answer = await this.#workers.run(this.#statement(compile(null), []), signal);
      if (answer.ms > this.#slowMs) this.#register(equalities);
      return answer;
    } catch (error) {
      if (error instanceof HubError && error.code === 'query.tooLong') this.#register(equalities);
      throw error;
    }
  }

  /** Of several the one with the fewest values. */
  #indexFor(equalities: readonly Equality[]): IndexUse | null {
    const uses = equalities.flatMap(({ path, values, rest }) => {
      const id = this.#indexes.find(path);
      return id === undefined ? [] : [{ id, values, rest }];
    });
    return uses.sort((a, b) => a.values.length - b.values.length)[0] ?? null;
  }

  #register(equalities: readonly Equality[]): void {
    for (const { path } of equalities) this.#indexes.register(path).catch(this.#onFault);
  }

  #statement({ statement, shape, keys }: CompiledQuery, indexes: readonly number[]): QueryStatement {
    const { sql, parameters } = statement.compile(this.#db);
    return { sql, parameters, shape, keys, indexes };
  }
}

function itemTypeOf({ source, columns }: Query): QueryPage['itemType'] {
  if (source === 'devices.jobs') return 'DeviceJob';
  return columns === null ? 'Twin' : 'Raw';
}

export interface SqliteQueriesParts {
  readonly db: Kysely<HubSchema>;
  readonly workers: QueryWorkers;
  readonly indexes: PathIndexes;
  readonly onFault: OnFault;
  /** For tests; LIMITS.QUERY_SLOW_MS. */
  readonly slowMs?: number;
}
