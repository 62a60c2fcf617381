/** Numbers are times with room for this many of one millisecond: they rise over restarts too. */
const NUMBERS_PER_MS = 1_048_576n;
const DIGITS = 64;

/** The numbers of presence records: 64 hex digits that always rise, so that a reader can tell which of two is newer. */
export class PresenceNumbers {
  #last = 0n;

  next(time: number): string {
    const byTime = BigInt(time) * NUMBERS_PER_MS;
    this.#last = byTime > this.#last ? byTime : this.#last + 1n;
    return this.#last.toString(16).toUpperCase().padStart(DIGITS, '0');
  }

  /** What was given out before: the clock may have been set back since. */
  goOnAfter(number: string): void {
    if (!/^[0-9A-F]+$/i.test(number)) return;
    const known = BigInt(`0x${number}`);
    if (known > this.#last) this.#last = known;
  }
}
