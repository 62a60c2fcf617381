/**
 * Writes AMQP 1.0 values, one after the other, into a buffer that grows. The caller names the type: clients check it, and
 * a number alone does not tell whether it is an int or a long.
 *
 * Maps and lists are opened with a mark and closed with the number of *items* (a map counts keys and values).
 * Source: AMQP 1.0 part 1 §1.6.
 */
export class AmqpWriter {
  #buffer: Buffer;
  #at = 0;

  constructor(bytes = 512) {
    this.#buffer = Buffer.allocUnsafe(bytes);
  }

  /** How much was written. */
  get length(): number {
    return this.#at;
  }

  /** What was written, as a view; the writer starts over with a buffer of its own. */
  take(bytes = 512): Buffer {
    const written = this.#buffer.subarray(0, this.#at);
    this.#buffer = Buffer.allocUnsafe(bytes);
    this.#at = 0;
    return written;
  }

  /** Forgets what was written after `length`, and hands it over as a copy. */
  cut(length: number): Buffer {
    const rest = Buffer.from(this.#buffer.subarray(length, this.#at));
    this.#at = length;
    return rest;
  }

  raw(bytes: Uint8Array): void {
    this.#room(bytes.length);
    this.#buffer.set(bytes, this.#at);
    this.#at += bytes.length;
  }

  null(): void {
    this.#code(0x40);
  }

  boolean(value: boolean): void {
    this.#code(value ? 0x41 : 0x42);
  }

  ubyte(value: number): void {
    this.#room(2);
    this.#buffer[this.#at++] = 0x50;
    this.#buffer[this.#at++] = value;
  }

  ushort(value: number): void {
    this.#room(3);
    this.#buffer[this.#at] = 0x60;
    this.#buffer.writeUInt16BE(value, this.#at + 1);
    this.#at += 3;
  }

  uint(value: number): void {
    this.#room(5);
    this.#buffer[this.#at] = 0x70;
    this.#buffer.writeUInt32BE(value, this.#at + 1);
    this.#at += 5;
  }

  int(value: number): void {
    this.#room(5);
    this.#buffer[this.#at] = 0x71;
    this.#buffer.writeInt32BE(value, this.#at + 1);
    this.#at += 5;
  }

  ulong(value: number): void {
    this.#eightBytes(0x80, value);
  }

  long(value: number): void {
    this.#eightBytes(0x81, value);
  }

  /** Milliseconds since 1970. */
  timestamp(value: number): void {
    this.#eightBytes(0x83, value);
  }

  /** 16 bytes. */
  uuid(bytes: Uint8Array): void {
    this.#code(0x98);
    this.raw(bytes);
  }

  binary(bytes: Uint8Array): void {
    this.#sized(0xa0, bytes.length);
    this.raw(bytes);
  }

  string(text: string): void {
    this.#text(0xa1, text);
  }

  symbol(text: string): void {
    this.#text(0xa3, text);
  }

  /** A text or null, of which lists of performatives are full. */
  stringOrNull(text: string | undefined): void {
    if (text === undefined) this.null();
    else this.string(text);
  }

  /** What says which section or performative follows; its code is below 256. */
  descriptor(code: number): void {
    this.#room(3);
    this.#buffer[this.#at++] = 0x00;
    this.#buffer[this.#at++] = 0x53;
    this.#buffer[this.#at++] = code;
  }

  openList(): number {
    return this.#open(0xd0);
  }

  openMap(): number {
    return this.#open(0xd1);
  }

  /** Ends what `mark` began. `items`: of a map, keys and values together. */
  close(mark: number, items: number): void {
    this.#buffer.writeUInt32BE(this.#at - mark - 4, mark);
    this.#buffer.writeUInt32BE(items, mark + 4);
  }

  /** An array of strings: one constructor, then the items. Each item has at most 255 bytes. */
  stringArray(items: readonly string[]): void {
    const mark = this.#open(0xf0);
    this.#code(0xa1);
    for (const item of items) {
      const bytes = Buffer.from(item, 'utf8');
      this.#code(bytes.length);
      this.raw(bytes);
    }
    this.close(mark, items.length);
  }

  /** Head of a frame: size to be filled in, data offset, type, channel. */
  openFrame(type: number, channel: number): number {
    this.#room(8);
    const mark = this.#at;
    this.#buffer[mark + 4] = 2;
    this.#buffer[mark + 5] = type;
    this.#buffer.writeUInt16BE(channel, mark + 6);
    this.#at += 8;
    return mark;
  }

  closeFrame(mark: number): void {
    this.#buffer.writeUInt32BE(this.#at - mark, mark);
  }

  /** Writes the eight bytes of a long or a timestamp that lie at `at` anew. */
  patch(at: number, value: number): void {
    // Floor also gives negative numbers their two's complement, high word first.
    const high = Math.floor(value / 0x1_0000_0000);
    this.#buffer.writeInt32BE(high | 0, at);
    this.#buffer.writeUInt32BE(value - high * 0x1_0000_0000, at + 4);
  }

  /** Opens a data section of a known size; the bytes follow with `raw`. */
  dataSection(bytes: number): void {
    this.descriptor(0x75);
    this.#sized(0xa0, bytes);
  }

  #open(code: number): number {
    this.#room(9);
    this.#buffer[this.#at] = code;
    this.#at += 9;
    return this.#at - 8;
  }

  #code(code: number): void {
    this.#room(1);
    this.#buffer[this.#at++] = code;
  }

  #eightBytes(code: number, value: number): void {
    this.#room(9);
    this.#buffer[this.#at] = code;
    this.patch(this.#at + 1, value);
    this.#at += 9;
  }

  /** Constructor and length of a variable value: the short code up to 255 bytes, the long one (code + 0x10) above. */
  #sized(shortCode: number, length: number): void {
    this.#room(5);
    if (length <= 255) {
      this.#buffer[this.#at++] = shortCode;
      this.#buffer[this.#at++] = length;
    } else {
      this.#buffer[this.#at] = shortCode + 0x10;
      this.#buffer.writeUInt32BE(length, this.#at + 1);
      this.#at += 5;
    }
  }

  #text(shortCode: number, text: string): void {
    // A UTF-16 unit takes at most three bytes, so short texts need not be measured first.
    if (text.length <= 85) {
      this.#room(2 + text.length * 3);
      const length = this.#buffer.write(text, this.#at + 2);
      this.#buffer[this.#at] = shortCode;
      this.#buffer[this.#at + 1] = length;
      this.#at += 2 + length;
      return;
    }
    const length = Buffer.byteLength(text);
    this.#sized(shortCode, length);
    this.#room(length);
    this.#buffer.write(text, this.#at);
    this.#at += length;
  }

  #room(bytes: number): void {
    const needed = this.#at + bytes;
    if (needed <= this.#buffer.length) return;
    const bigger = Buffer.allocUnsafe(Math.max(needed, this.#buffer.length * 2));
    this.#buffer.copy(bigger, 0, 0, this.#at);
    this.#buffer = bigger;
  }
}
