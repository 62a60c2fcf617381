/**
 * Files that are being read, and so must not go yet.
 *
 *     begin ─► (look up the rows) ─► hold(files) ─► release
 *
 * While anybody is between `begin` and `end`, no file goes: he may have read a row whose files are about to.
 */
export class ReadPins {
  readonly #remove: (file: string) => void;
  readonly #readersOf = new Map<string, number>();
  readonly #doomed = new Set<string>();
  #looking = 0;

  constructor(remove: (file: string) => void) {
    this.#remove = remove;
  }

  begin(): { hold(files: readonly string[]): () => void; end(): void } {
    this.#looking++;
    return {
      hold: (files) => this.#hold([...new Set(files)]),
      end: () => {
        this.#looking--;
        if (this.#looking === 0) this.#removeUnread([...this.#doomed]);
      },
    };
  }

  /** Now, or once nobody reads it. */
  remove(file: string): void {
    this.#doomed.add(file);
    if (this.#looking === 0) this.#removeUnread([file]);
  }

  #hold(files: readonly string[]): () => void {
    for (const file of files) this.#readersOf.set(file, (this.#readersOf.get(file) ?? 0) + 1);
    return () => {
      for (const file of files) {
        const readers = (this.#readersOf.get(file) ?? 1) - 1;
        if (readers > 0) this.#readersOf.set(file, readers);
        else this.#readersOf.delete(file);
      }
      if (this.#looking === 0) this.#removeUnread(files);
    };
  }

  #removeUnread(files: readonly string[]): void {
    for (const file of files) {
      if (this.#readersOf.has(file) || !this.#doomed.delete(file)) continue;
      this.#remove(file);
    }
  }
}
