import { LIMITS } from '@viaduct/contracts';
import { type Kysely, sql } from 'kysely';
import type { GroupWriter } from '../sql/group-writer.ts';
import type { SectionPath } from '../sql/query/find-equalities.ts';
import type { HubSchema, QueryPathRow } from '../sql/schema.ts';
import { jsonPath } from './sqlite-query-dialect.ts';

/**
 * Which paths of twins have their values kept by value, so that a query by equality reads only the twins that fit.
 *
 *     filling ──every twin was looked at──► complete ──others are asked for more──► dropping ──emptied──► gone
 *
 * Invariants
 *  1. From the moment a path is registered triggers keep its values, in the transaction that writes the twin. Filling only adds those of
 *     twins that were there before, so a path is complete when filling has come to the end.
 *  2. Filling and emptying go in steps of LIMITS.QUERY_INDEX_STEP_TWINS, one transaction each with its progress, and rest in between:
 *     they take a quarter of the writer's time at most, and go on after a restart.
 *  3. At most LIMITS.QUERY_INDEXES_MAX paths. A new one takes the place of the one unasked-for longest, if that was not asked for by
 *     any of the last LIMITS.QUERY_INDEX_KEPT_QUERIES.
 */
export class PathIndexes {
  readonly #writer: GroupWriter;
  readonly #onFault: (fault: unknown) => void;
  readonly #rows = new Map<string, QueryPathRow>();
  /** Queries that asked by equality, since ever. */
  #asked: number;
  #work: Promise<void> | null = null;
  #closed = false;
  #wake: (() => void) | null = null;

  static async open(
    reader: Kysely<HubSchema>,
    writer: GroupWriter,
    onFault: (fault: unknown) => void,
  ): Promise<PathIndexes> {
    const rows = await reader.selectFrom('query_path').selectAll().execute();
    return new PathIndexes(writer, onFault, rows);
  }

  private constructor(writer: GroupWriter, onFault: (fault: unknown) => void, rows: readonly QueryPathRow[]) {
    this.#writer = writer;
    this.#onFault = onFault;
    for (const row of rows) this.#rows.set(keyOf(row), row);
    this.#asked = Math.max(0, ...rows.map(({ asked }) => asked));
    this.#goOn();
  }

  /** The number of a complete index; undefined when there is none. Counts as a use. */
  find(path: SectionPath): number | undefined {
    const row = this.#rows.get(keyOf(columnsOf(path)));
    this.#asked++;
    if (row !== undefined) row.asked = this.#asked;
    return row?.state === 'complete' ? row.id : undefined;
  }

  /** Paths that have an index, or are getting one. */
  list(): readonly Readonly<QueryPathRow>[] {
    return [...this.#rows.values()];
  }

  /** After a query that took long for want of an index. Resolves when it is registered, or was found not to be worth it. */
  async register(path: SectionPath): Promise<void> {
    const columns = columnsOf(path);
    if (this.#closed || this.#rows.has(keyOf(columns))) return;
    const victim = this.#rows.size < LIMITS.QUERY_INDEXES_MAX ? null : this.#longestUnasked();
    if (victim === undefined) return;
    if (victim !== null) {
      // Its place is free when it is emptied; whoever asks slowly again after that gets it.
      victim.state = 'dropping';
      await this.#writer.write((db) => save(db, victim));
    } else {
      const fresh = {
        ...columns,
        state: 'filling' as const,
        filled_device_id: '',
        filled_module_id: '',
        asked: this.#asked,
      };
      this.#rows.set(keyOf(columns), { ...fresh, id: 0 });
      const { id } = await this.#writer.write((db) =>
        db.insertInto('query_path').values(fresh).returning('id').executeTakeFirstOrThrow(),
      );
      this.#rows.set(keyOf(columns), { ...fresh, id });
    }
    this.#goOn();
  }

  /** Resolves when nothing is under way any more, and how much the paths are asked for is written down. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake?.();
    await this.#work;
    const rows = this.list().filter(({ id }) => id > 0);
    await this.#writer.write(async (db) => {
      for (const { id, asked } of rows)
        await db.updateTable('query_path').set({ asked }).where('id', '=', id).execute();
    });
  }

  #longestUnasked(): QueryPathRow | undefined {
    const complete = this.list().filter(({ state }) => state === 'complete');
    const [oldest] = complete.sort((a, b) => a.asked - b.asked);
    return oldest !== undefined && oldest.asked < this.#asked - LIMITS.QUERY_INDEX_KEPT_QUERIES ? oldest : undefined;
  }

  #goOn(): void {
    this.#work ??= this.#stepUntilDone()
      .catch(this.#onFault)
      .finally(() => {
        this.#work = null;
      });
  }

  async #stepUntilDone(): Promise<void> {
    for (;;) {
      const next = this.list().find(({ id, state }) => id > 0 && state !== 'complete');
      if (this.#closed || next === undefined) return;
      const begun = performance.now();
      const isGone = await this.#writer.write((db) => (next.state === 'dropping' ? empty(db, next) : fill(db, next)));
      if (isGone) this.#rows.delete(keyOf(next));
      await this.#rest(REST_FACTOR * (performance.now() - begun));
    }
  }

  #rest(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      timer.unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}

const REST_FACTOR = 3;

function columnsOf({ section, steps }: SectionPath): Pick<QueryPathRow, 'section' | 'json_path'> {
  return { section, json_path: jsonPath(steps) };
}

function keyOf({ section, json_path }: Pick<QueryPathRow, 'section' | 'json_path'>): string {
  return `${section} ${json_path}`;
}

async function save(db: Kysely<HubSchema>, row: QueryPathRow): Promise<void> {
  const { id, ...columns } = row;
  await db.updateTable('query_path').set(columns).where('id', '=', id).execute();
}

/** The values of the next twins, and how far that was. What a trigger wrote meanwhile is newer and stays. */
async function fill(db: Kysely<HubSchema>, row: QueryPathRow): Promise<false> {
  const step = sql.lit(LIMITS.QUERY_INDEX_STEP_TWINS);
  const next = sql`from twin where (device_id, module_id) > (${row.filled_device_id}, ${row.filled_module_id})
    order by device_id, module_id`;
  const document = sql.ref(`twin.${row.section}`);
  await sql`
    insert into twin_value (path_id, device_id, module_id, value)
    select ${row.id}, device_id, module_id, value from (
      select device_id, module_id, case json_type(document, path)
        when 'text' then case when length(document ->> path) <= ${sql.lit(LIMITS.QUERY_INDEX_TEXT_CHARACTERS_MAX)}
          then document ->> path end
        when 'integer' then document ->> path
        when 'real' then document ->> path
        when 'true' then x'01'
        when 'false' then x'00'
      end as value
      from (select device_id, module_id, ${document} as document, ${row.json_path} as path ${next} limit ${step})
    ) where value is not null
    on conflict do nothing`.execute(db);
  const { rows } = await sql<{ device_id: string; module_id: string }>`
    select device_id, module_id ${next} limit 1 offset ${sql.lit(LIMITS.QUERY_INDEX_STEP_TWINS - 1)}`.execute(db);
  const [last] = rows;
  if (last === undefined) row.state = 'complete';
  else {
    row.filled_device_id = last.device_id;
    row.filled_module_id = last.module_id;
  }
  await save(db, row);
  return false;
}

/** True when nothing of it is left. */
async function empty(db: Kysely<HubSchema>, { id }: QueryPathRow): Promise<boolean> {
  const { numAffectedRows } = await sql`
    delete from twin_value where path_id = ${id} and (device_id, module_id) in (
      select device_id, module_id from twin_value where path_id = ${id} limit ${sql.lit(LIMITS.QUERY_INDEX_STEP_TWINS)}
    )`.execute(db);
  if (numAffectedRows !== 0n) return false;
  await db.deleteFrom('query_path').where('id', '=', id).execute();
  return true;
}
