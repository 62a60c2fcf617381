import { LIMITS } from '@viaduct/contracts';
import type Database from 'better-sqlite3';

/**
 * Names of properties, each once, and all in memory: at most LIMITS.DIRECTORY_PATHS_MAX. One thread adds, another reads them from the file
 * when it does not know one.
 */
export class PathNames {
  readonly #database: Database.Database;
  readonly #ids = new Map<string, number>();
  readonly #names = new Map<number, string>();
  /** By path, what lies below it. */
  readonly #below = new Map<string, number[]>();
  #lastId = 0;

  constructor(database: Database.Database) {
    this.#database = database;
    this.#readMore();
  }

  /** Undefined: nobody ever said such a thing. */
  find(path: string): number | undefined {
    if (!this.#ids.has(path)) this.#readMore();
    return this.#ids.get(path);
  }

  /** Undefined when there are too many names already. */
  findOrAdd(path: string): number | undefined {
    const known = this.#ids.get(path);
    if (known !== undefined) return known;
    if (this.#ids.size >= LIMITS.DIRECTORY_PATHS_MAX) return undefined;
    this.#database.prepare('INSERT INTO path (path) VALUES (?)').run(path);
    this.#readMore();
    return this.#ids.get(path);
  }

  nameOf(id: number): string {
    if (!this.#names.has(id)) this.#readMore();
    return this.#names.get(id) ?? '';
  }

  below(path: string): readonly number[] {
    return this.#below.get(path) ?? [];
  }

  atAndBelow(path: string): readonly number[] {
    const id = this.find(path);
    this.#readMore();
    return [...(id === undefined ? [] : [id]), ...this.below(path)];
  }

  /** What was added in a transaction that failed is no name: the ids are given anew. */
  forget(): void {
    this.#ids.clear();
    this.#names.clear();
    this.#below.clear();
    this.#lastId = 0;
    this.#readMore();
  }

  #readMore(): void {
    const rows = this.#database
      .prepare('SELECT path_id, path FROM path WHERE path_id > ? ORDER BY path_id')
      .all(this.#lastId) as { readonly path_id: number; readonly path: string }[];
    for (const { path_id, path } of rows) {
      this.#ids.set(path, path_id);
      this.#names.set(path_id, path);
      this.#lastId = path_id;
      for (let dot = path.indexOf('.'); dot >= 0; dot = path.indexOf('.', dot + 1)) {
        const above = path.slice(0, dot);
        const ids = this.#below.get(above);
        if (ids === undefined) this.#below.set(above, [path_id]);
        else ids.push(path_id);
      }
    }
  }
}
