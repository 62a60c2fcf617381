import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { Kysely } from 'kysely';
import type { JsonObject, PageOfQuery, QueryPage, QueryStore } from '../../core/ports.ts';
import { readContinuation, writeContinuation } from '../../core/query/continuation.ts';
import { isGrouped, type Query, type Selection } from '../../core/query/expression.ts';
import { type CompiledQuery, QueryCompiler } from '../sql/query/compile-query.ts';
import type { HubSchema } from '../sql/schema.ts';
import type { QueryWorkers } from './query-workers.ts';
import type { QueryStatement } from './run-statement.ts';
import { EVERY_ROW, sqliteQueryDialect } from './sqlite-query-dialect.ts';

/** Queries over the registry and the twins, in SQLite. */
export class SqliteQueries implements QueryStore {
  readonly #db: Kysely<HubSchema>;
  readonly #workers: QueryWorkers;
  readonly #compiler = new QueryCompiler(sqliteQueryDialect, EVERY_ROW);

  /** `db` is only asked to write SQL down. */
  constructor(db: Kysely<HubSchema>, workers: QueryWorkers) {
    this.#db = db;
    this.#workers = workers;
  }

  async query(query: Query, { limit, continuation, signal }: PageOfQuery): Promise<QueryPage> {
    if (query.source === 'devices.jobs') {
      throw new HubError('argument.invalid', 'this hub keeps no jobs yet: ask devices or devices.modules');
    }
    const first = this.#compiler.query(query, { limit: 1, after: null });
    const place = continuation === undefined ? null : readContinuation(query.text, continuation, first.keys);
    const left = place === null ? query.top : place.left;
    const rows = Math.min(limit, LIMITS.QUERY_PAGE_MAX, left ?? limit);
    const compiled = this.#compiler.query(query, { limit: rows, after: place?.keys ?? null });
    const { items, lastKeys, cut } = await this.#workers.run(this.#statement(compiled), signal);
    const leftAfter = left === null ? null : left - items.length;
    const isLast = lastKeys === null || lastKeys.length === 0 || leftAfter === 0 || (items.length < rows && !cut);
    return {
      itemType: query.columns === null && !isGrouped(query) ? 'Twin' : 'Raw',
      items: items.map((item) => JSON.parse(item) as JsonObject),
      continuation: isLast ? null : writeContinuation(query.text, { keys: lastKeys, left: leftAfter }),
    };
  }

  async selectIdentities(
    selection: Selection,
    { after, limit }: { readonly after?: DeviceIdentity; readonly limit: number },
  ): Promise<readonly DeviceIdentity[]> {
    const keys = after === undefined ? null : [after.deviceId, after.moduleId ?? ''];
    const compiled = this.#compiler.identities(selection, { limit, after: keys });
    const { items } = await this.#workers.run(this.#statement(compiled));
    return items.map((item) => JSON.parse(item) as DeviceIdentity);
  }

  async countIdentities(selection: Selection): Promise<number> {
    const { items } = await this.#workers.run(this.#statement(this.#compiler.count(selection)));
    return (JSON.parse(items[0] ?? '{"count":0}') as { count: number }).count;
  }

  #statement({ statement, shape, keys }: CompiledQuery): QueryStatement {
    const { sql, parameters } = statement.compile(this.#db);
    return { sql, parameters, shape, keys };
  }
}
