/** Says what is wrong where bytes end too early or too late. */
export type Refuse = (why: string) => Error;

/** Reads what a TPM marshals. Pure, and safe against any bytes: a value, or what `refuse` makes of the reason. */
export class TpmReader {
  readonly #bytes: Buffer;
  readonly #refuse: Refuse;
  #at = 0;

  constructor(bytes: Buffer, refuse: Refuse) {
    this.#bytes = bytes;
    this.#refuse = refuse;
  }

  uint16(what: string): number {
    return this.#take(2, what).readUInt16BE();
  }

  uint32(what: string): number {
    return this.#take(4, what).readUInt32BE();
  }

  /** A TPM2B: a size, and as many bytes. */
  sized(what: string): Buffer {
    return this.#take(this.uint16(`the size of ${what}`), what);
  }

  /** Nothing may follow. */
  end(what: string): void {
    const left = this.#bytes.length - this.#at;
    if (left > 0) throw this.#refuse(`${left} bytes follow ${what}`);
  }

  #take(count: number, what: string): Buffer {
    const left = this.#bytes.length - this.#at;
    if (count > left) throw this.#refuse(`it ends within ${what}: ${count} bytes are announced, ${left} are there`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}
