/**
 * Packet ids that wait for the disk, in the order in which they were received.
 *
 *     add(7) add(8) │ add(9)                     two commits under way
 *     takeOldest() → [7, 8]   takeOldest() → [9]
 *
 * Commits finish in the order in which they were begun, so a queue of lists is enough.
 */
export class PubackQueue {
  #waiting = 0;
  readonly #commits: number[][] = [];

  /** How many messages wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** From here on ids belong to the next commit. */
  beginCommit(): void {
    this.#commits.push([]);
  }

  add(packetId: number): void {
    this.#waiting++;
    this.#commits.at(-1)?.push(packetId);
  }

  /** The ids of the oldest commit, which is now durable. */
  takeOldest(): readonly number[] {
    const ids = this.#commits.shift() ?? [];
    this.#waiting -= ids.length;
    return ids;
  }
}
