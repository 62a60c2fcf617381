/**
 * The primitives of Kafka's protocol, in the old encoding and in the compact one. All numbers are big endian.
 * Source: the Apache Kafka protocol guide, "Protocol Primitive Types".
 */
export class KafkaReader {
  readonly #bytes: Buffer;
  #at: number;

  constructor(bytes: Buffer, at = 0) {
    this.#bytes = bytes;
    this.#at = at;
  }

  int16(): number {
    this.#at += 2;
    return this.#bytes.readInt16BE(this.#at - 2);
  }

  int32(): number {
    this.#at += 4;
    return this.#bytes.readInt32BE(this.#at - 4);
  }

  bool(): boolean {
    this.#at += 1;
    return this.#bytes[this.#at - 1] !== 0;
  }

  /** Its length in two bytes; null is -1. */
  string(): string | null {
    const length = this.int16();
    return length < 0 ? null : this.#take(length).toString('utf8');
  }

  array<T>(one: () => T): T[] {
    return Array.from({ length: Math.max(0, this.int32()) }, one);
  }

  compactBytes(): Buffer {
    return this.#take(this.#uvarint() - 1);
  }

  compactArray<T>(one: () => T): T[] {
    return Array.from({ length: Math.max(0, this.#uvarint() - 1) }, one);
  }

  /** A client that sends tagged fields is not understood here. */
  noTags(): void {
    if (this.#uvarint() !== 0) throw new Error('tagged fields are not read');
  }

  /** Tagged fields of a header, whatever they are. */
  skipTags(): void {
    for (let left = this.#uvarint(); left > 0; left--) {
      this.#uvarint();
      this.#take(this.#uvarint());
    }
  }

  #uvarint(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.#bytes[this.#at++] ?? 0;
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
  }

  #take(length: number): Buffer {
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }
}

export class KafkaWriter {
  readonly #parts: Buffer[] = [];

  int16(value: number): this {
    const part = Buffer.alloc(2);
    part.writeInt16BE(value);
    return this.raw(part);
  }

  int32(value: number): this {
    const part = Buffer.alloc(4);
    part.writeInt32BE(value);
    return this.raw(part);
  }

  int64(value: bigint): this {
    const part = Buffer.alloc(8);
    part.writeBigInt64BE(value);
    return this.raw(part);
  }

  bool(value: boolean): this {
    return this.raw(Buffer.from([value ? 1 : 0]));
  }

  string(text: string | null): this {
    if (text === null) return this.int16(-1);
    return this.int16(Buffer.byteLength(text)).raw(Buffer.from(text, 'utf8'));
  }

  array<T>(items: readonly T[], one: (item: T) => void): this {
    this.int32(items.length);
    for (const item of items) one(item);
    return this;
  }

  compactString(text: string | null): this {
    return text === null ? this.#uvarint(0) : this.compactBytes(Buffer.from(text, 'utf8'));
  }

  compactBytes(bytes: Buffer): this {
    return this.#uvarint(bytes.length + 1).raw(bytes);
  }

  compactArray<T>(items: readonly T[], one: (item: T) => void): this {
    this.#uvarint(items.length + 1);
    for (const item of items) one(item);
    return this;
  }

  noTags(): this {
    return this.#uvarint(0);
  }

  raw(bytes: Buffer): this {
    this.#parts.push(bytes);
    return this;
  }

  /** With its length before it. */
  frame(): Buffer {
    const bytes = Buffer.concat(this.#parts);
    return Buffer.concat([new KafkaWriter().int32(bytes.length).#parts[0] as Buffer, bytes]);
  }

  #uvarint(value: number): this {
    const bytes: number[] = [];
    let left = value;
    for (; left >= 0x80; left >>>= 7) bytes.push((left & 0x7f) | 0x80);
    return this.raw(Buffer.from([...bytes, left]));
  }
}
