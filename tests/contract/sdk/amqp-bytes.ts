/**
 * AMQP 1.0 in bytes, written down once more from part 1 §1.6 of the standard, so that no mistake of the product's codec or of
 * a library can hide itself: the wire tests read with this what the server wrote.
 */

/** A value with the constructor that stood before it on the wire. */
export interface Typed {
  /** Null for what is null. */
  readonly type: AmqpType;
  readonly value: unknown;
  /** The bytes it came in, constructor and all. */
  readonly bytes: Buffer;
}

type AmqpType = (typeof CONSTRUCTORS)[number][1] | 'described';

/** Constructor, type, and how many bytes follow: a number, or -n for a length of n bytes. Source: part 1 §1.6. */
const CONSTRUCTORS = [
  [0x40, 'null', 0],
  [0x41, 'boolean', 0],
  [0x42, 'boolean', 0],
  [0x43, 'uint', 0],
  [0x44, 'ulong', 0],
  [0x45, 'list', 0],
  [0x50, 'ubyte', 1],
  [0x51, 'byte', 1],
  [0x52, 'uint', 1],
  [0x53, 'ulong', 1],
  [0x54, 'int', 1],
  [0x55, 'long', 1],
  [0x56, 'boolean', 1],
  [0x60, 'ushort', 2],
  [0x61, 'short', 2],
  [0x70, 'uint', 4],
  [0x71, 'int', 4],
  [0x80, 'ulong', 8],
  [0x81, 'long', 8],
  [0x83, 'timestamp', 8],
  [0x98, 'uuid', 16],
  [0xa0, 'binary', -1],
  [0xa1, 'string', -1],
  [0xa3, 'symbol', -1],
  [0xb0, 'binary', -4],
  [0xb1, 'string', -4],
  [0xb3, 'symbol', -4],
  [0xc0, 'list', -1],
  [0xc1, 'map', -1],
  [0xd0, 'list', -4],
  [0xd1, 'map', -4],
  [0xe0, 'array', -1],
  [0xf0, 'array', -4],
] as const;

export interface Described {
  readonly descriptor: number;
  readonly of: Typed;
}

export function readTyped(bytes: Buffer, at = 0): Typed {
  const code = bytes.readUInt8(at);
  if (code === 0) {
    const descriptor = readTyped(bytes, at + 1);
    const of = readTyped(bytes, at + 1 + descriptor.bytes.length);
    const end = at + 1 + descriptor.bytes.length + of.bytes.length;
    return { type: 'described', value: { descriptor: descriptor.value, of }, bytes: bytes.subarray(at, end) };
  }
  const known = CONSTRUCTORS.find(([each]) => each === code);
  if (known === undefined) throw new TypeError(`no AMQP constructor: 0x${code.toString(16)}`);
  const [, type, width] = known;
  const from = at + 1 + Math.max(0, -width);
  const end = width >= 0 ? from + width : from + bytes.readUIntBE(at + 1, -width);
  if (end > bytes.length) throw new TypeError(`an AMQP ${type} is longer than what holds it`);
  return { type, value: valueIn(code, type, bytes.subarray(from, end), -width), bytes: bytes.subarray(at, end) };
}

function valueIn(code: number, type: AmqpType, body: Buffer, countWidth: number): unknown {
  switch (type) {
    case 'null':
      return null;
    case 'boolean':
      return code === 0x41 || body[0] === 1;
    case 'string':
      return body.toString('utf8');
    case 'symbol':
      return body.toString('latin1');
    case 'binary':
    case 'uuid':
      return body;
    case 'list':
    case 'map':
      return body.length === 0 ? [] : itemsOf(body, countWidth);
    case 'array':
      return arrayOf(body, countWidth);
    case 'int':
    case 'long':
    case 'byte':
    case 'short':
      return body.length === 8 ? Number(body.readBigInt64BE()) : body.readIntBE(0, body.length);
    default:
      if (body.length === 0) return 0;
      return body.length === 8 ? Number(body.readBigUInt64BE()) : body.readUIntBE(0, body.length);
  }
}

function itemsOf(body: Buffer, countWidth: number): Typed[] {
  const count = body.readUIntBE(0, countWidth);
  const items: Typed[] = [];
  let at = countWidth;
  for (let i = 0; i < count; i++) {
    const item = readTyped(body, at);
    items.push(item);
    at += item.bytes.length;
  }
  if (at !== body.length) throw new TypeError('an AMQP list does not fill its size');
  return items;
}

/** One constructor for all: put before each of them. */
function arrayOf(body: Buffer, countWidth: number): Typed[] {
  const head = body.subarray(countWidth, countWidth + 1);
  const items: Typed[] = [];
  let at = countWidth + 1;
  for (let i = 0; i < body.readUIntBE(0, countWidth); i++) {
    const item = readTyped(Buffer.concat([head, body.subarray(at)]));
    items.push(item);
    at += item.bytes.length - 1;
  }
  return items;
}

export function isDescribed({ type, value }: Typed): Described | undefined {
  return type === 'described' ? (value as Described) : undefined;
}

/** Of a map: by key, with the type of the key before it, as in `symbol:status`. */
export function entriesOf(map: Typed | undefined): Record<string, Typed> {
  const items = map === undefined || map.type === 'null' ? [] : (map.value as Typed[]);
  const entries: Record<string, Typed> = {};
  for (let i = 0; i < items.length; i += 2) {
    const [key, value] = [items[i] as Typed, items[i + 1] as Typed];
    entries[`${key.type}:${String(key.value)}`] = value;
  }
  return entries;
}

// ---- writing -----------------------------------------------------------------------------------------------------------

function sized(code: number, body: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt8(code);
  head.writeUInt32BE(body.length, 1);
  return Buffer.concat([head, body]);
}

function counted(code: number, items: readonly Buffer[], length = items.length): Buffer {
  const count = Buffer.alloc(4);
  count.writeUInt32BE(length);
  return sized(code, Buffer.concat([count, ...items]));
}

function figure(code: number, width: number, value: number): Buffer {
  const bytes = Buffer.alloc(1 + width);
  bytes.writeUInt8(code);
  if (width === 8) bytes.writeBigInt64BE(BigInt(value), 1);
  else bytes.writeUIntBE(value, 1, width);
  return bytes;
}

/** One of each type that clients send, in its long form. */
export const NULL: Buffer = Buffer.from([0x40]);
export const bool = (value: boolean): Buffer => Buffer.from([value ? 0x41 : 0x42]);
export const ubyte = (value: number): Buffer => figure(0x50, 1, value);
export const ushort = (value: number): Buffer => figure(0x60, 2, value);
export const uint = (value: number): Buffer => figure(0x70, 4, value);
export const int = (value: number): Buffer => figure(0x71, 4, value);
export const ulong = (value: number): Buffer => figure(0x80, 8, value);
export const long = (value: number): Buffer => figure(0x81, 8, value);
export const timestamp = (value: number): Buffer => figure(0x83, 8, value);
export const uuid = (bytes: Buffer): Buffer => Buffer.concat([Buffer.from([0x98]), bytes]);
export const binary = (value: Buffer | string): Buffer => sized(0xb0, Buffer.from(value));
export const text = (value: string): Buffer => sized(0xb1, Buffer.from(value));
export const symbol = (value: string): Buffer => sized(0xb3, Buffer.from(value, 'latin1'));
export const list = (items: readonly Buffer[]): Buffer => counted(0xd0, items);
export const map = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer => counted(0xd1, entries.flat());
export const described = (code: number, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x00, 0x53, code]), value]);

/** With a descriptor that is not small: a ulong of eight bytes, or a symbol. */
export const describedBy = (descriptor: Buffer, value: Buffer): Buffer =>
  Buffer.concat([Buffer.from([0x00]), descriptor, value]);

/** An array of symbols, each of at most 255 bytes. */
export function symbols(names: readonly string[]): Buffer {
  const items = names.map((name) => Buffer.concat([Buffer.from([name.length]), Buffer.from(name, 'latin1')]));
  return counted(0xf0, [Buffer.from([0xa3]), ...items], names.length);
}
