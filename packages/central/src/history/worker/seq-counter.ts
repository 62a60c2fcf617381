/** What `seq` of a point may be at most. */
const SEQ_MAX = 0xffff;

/** Numbers the messages of one device that were enqueued in the same millisecond, within one partition. */
export class SeqCounter {
  #time = -1;
  readonly #counts = new Map<string, number>();

  /** Of the newest message that was numbered; -1 before the first. */
  get time(): number {
    return this.#time;
  }

  next(time: number, key: string): number {
    if (time !== this.#time) {
      this.#time = time;
      this.#counts.clear();
    }
    const seq = this.#counts.get(key) ?? 0;
    this.#counts.set(key, Math.min(seq + 1, SEQ_MAX));
    return seq;
  }
}
