import { type Kysely, sql } from 'kysely';
import type { HubSchema } from './schema.ts';

export type WriteTask<T, Schema = HubSchema> = (db: Kysely<Schema>) => Promise<T>;

interface WaitingTask<Schema> {
  readonly run: WriteTask<unknown, Schema>;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** Tasks of one transaction. Past that, reads and sockets would wait too long for their turn. */
const GROUP_TASKS_MAX = 64;

/**
 * All writes of the store, in order of arrival, many to a transaction: one flush to disk serves whoever came meanwhile.
 *
 *     write(task) ─► waiting ─► BEGIN · savepoint, task, release · … · COMMIT ─► every promise of the group settles
 *
 * Invariants
 *  1. A write resolves only when the COMMIT that holds it has succeeded; when the COMMIT fails, all of the group reject.
 *  2. A task that throws undoes its own changes and nobody else's.
 *  3. Tasks run one after another, so a task that reads and then writes is never overtaken.
 */
export class GroupWriter<Schema = HubSchema> {
  readonly #db: Kysely<Schema>;
  readonly #asRefusal: (error: unknown) => unknown;
  #waiting: WaitingTask<Schema>[] = [];
  #draining: Promise<void> | null = null;

  /** `asRefusal` turns what the driver throws into what callers may hear. */
  constructor(db: Kysely<Schema>, asRefusal: (error: unknown) => unknown) {
    this.#db = db;
    this.#asRefusal = asRefusal;
  }

  write<T>(run: WriteTask<T, Schema>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ run, resolve: resolve as (value: unknown) => void, reject });
      this.#draining ??= this.#drain();
    });
  }

  /** Resolves when nothing waits any more. */
  async close(): Promise<void> {
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever asks in this turn of the event loop joins the group.
      await new Promise(setImmediate);
      const group = this.#waiting.splice(0, GROUP_TASKS_MAX);
      await this.#commit(group);
    }
    this.#draining = null;
  }

  async #commit(group: readonly WaitingTask<Schema>[]): Promise<void> {
    const settle: (() => void)[] = [];
    try {
      await this.#db.transaction().execute(async (transaction) => {
        for (const task of group) settle.push(await this.#runOne(transaction, task, group.length === 1));
      });
      for (const done of settle) done();
    } catch (error) {
      const refusal = this.#asRefusal(error);
      for (const task of group) task.reject(refusal);
    }
  }

  /** Returns how to tell the caller, for that must wait for the commit. */
  async #runOne(db: Kysely<Schema>, task: WaitingTask<Schema>, alone: boolean): Promise<() => void> {
    if (alone) {
      const value = await task.run(db);
      return () => task.resolve(value);
    }
    await SAVEPOINT.execute(db);
    try {
      const value = await task.run(db);
      await RELEASE.execute(db);
      return () => task.resolve(value);
    } catch (error) {
      const undone = await this.#undo(db);
      // The database has already given up the whole transaction (a full disk): then so must the group.
      if (!undone) throw error;
      return () => task.reject(this.#asRefusal(error));
    }
  }

  async #undo(db: Kysely<Schema>): Promise<boolean> {
    try {
      await ROLLBACK.execute(db);
      await RELEASE.execute(db);
      return true;
    } catch {
      // The savepoint is gone with its transaction; the error that did it is the one to report.
      return false;
    }
  }
}

const SAVEPOINT = sql`savepoint task`;
const RELEASE = sql`release savepoint task`;
const ROLLBACK = sql`rollback to savepoint task`;
