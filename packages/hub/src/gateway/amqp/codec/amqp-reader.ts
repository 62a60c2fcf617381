import { HubError } from '@viaduct/contracts';
import { uuidText } from './guid-bytes.ts';

/**
 * Reads AMQP 1.0 values. Pure, and safe against any bytes: a value or `packet.malformed`.
 *
 * Integers beyond 2^53 come as bigint, symbols as strings, uuids as their text, timestamps as Date, arrays as lists.
 * Source: AMQP 1.0 part 1 §1.6.
 */
export type AmqpValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Buffer
  | Date
  | AmqpDescribed
  | readonly AmqpValue[]
  | AmqpMap;

export type AmqpMap = ReadonlyMap<AmqpValue, AmqpValue>;

export class AmqpDescribed {
  readonly descriptor: AmqpValue;
  readonly value: AmqpValue;

  constructor(descriptor: AmqpValue, value: AmqpValue) {
    this.descriptor = descriptor;
    this.value = value;
  }
}

/** Values within values. Ours: no client nests deeper than a map in a list in a described value. */
const DEPTH_MAX = 16;
/** Items of no width, which a sender could otherwise promise by the billion in five bytes. */
const EMPTY_ITEMS_MAX = 1_024;

export class AmqpReader {
  readonly #buffer: Buffer;
  readonly #end: number;
  #at: number;

  constructor(buffer: Buffer, at = 0, end = buffer.length) {
    this.#buffer = buffer;
    this.#at = at;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  get remaining(): number {
    return this.#end - this.#at;
  }

  /** @throws HubError packet.malformed */
  value(depth = 0): AmqpValue {
    const code = this.#byte();
    if (code !== 0x00) return this.#body(code, depth);
    tooDeep(depth);
    const descriptor = this.value(depth + 1);
    return new AmqpDescribed(descriptor, this.value(depth + 1));
  }

  /** The code of a section or performative, given as number or symbol; the value follows. */
  descriptor(): number | string {
    if (this.#byte() !== 0x00) throw malformed('a described value was expected');
    const descriptor = this.value(1);
    if (typeof descriptor === 'number' || typeof descriptor === 'string') return descriptor;
    throw malformed('a descriptor is neither a number nor a symbol');
  }

  /** Enters a list: how many items follow, and where it ends. */
  openList(): { readonly count: number; readonly end: number } {
    const code = this.#byte();
    if (code === 0x45) return { count: 0, end: this.#at };
    if (code !== 0xc0 && code !== 0xd0) throw malformed('a list was expected');
    const { count, end } = this.#compound(code === 0xc0 ? 1 : 4);
    return { count, end };
  }

  /** Steps over one value without making it. Returns where it ends. */
  skip(depth = 0): number {
    const code = this.#byte();
    if (code === 0x00) {
      tooDeep(depth);
      this.skip(depth + 1);
      return this.skip(depth + 1);
    }
    this.#skipBody(code, depth);
    return this.#at;
  }

  #skipBody(code: number, depth: number): void {
    const category = code >>> 4;
    if (category >= 0x4 && category <= 0x9) {
      this.#take(category === 0x4 ? 0 : 1 << (category - 0x5));
    } else if (category === 0xa || category === 0xb) {
      this.#take(this.#size(category === 0xa ? 1 : 4));
    } else if (category === 0xc || category === 0xd) {
      tooDeep(depth);
      const { count, end } = this.#compound(category === 0xc ? 1 : 4);
      for (let i = 0; i < count; i++) this.skip(depth + 1);
      this.#mustBeAt(end);
    } else if (category === 0xe || category === 0xf) {
      tooDeep(depth);
      const { count, end, itemCode } = this.#array(category === 0xe ? 1 : 4, depth);
      for (let i = 0; i < count; i++) this.#skipBody(itemCode, depth + 1);
      this.#mustBeAt(end);
    } else throw malformed(`there is no type 0x${code.toString(16)}`);
  }

  #body(code: number, depth: number): AmqpValue {
    switch (code) {
      case 0x40:
        return null;
      case 0x41:
        return true;
      case 0x42:
        return false;
      case 0x56:
        return this.#byte() !== 0;
      case 0x43:
      case 0x44:
        return 0;
      case 0x50:
      case 0x52:
      case 0x53:
        return this.#byte();
      case 0x51:
      case 0x54:
      case 0x55:
        return this.#buffer.readInt8(this.#take(1));
      case 0x60:
        return this.#buffer.readUInt16BE(this.#take(2));
      case 0x61:
        return this.#buffer.readInt16BE(this.#take(2));
      case 0x70:
      case 0x73:
        return this.#buffer.readUInt32BE(this.#take(4));
      case 0x71:
        return this.#buffer.readInt32BE(this.#take(4));
      case 0x72:
        return this.#buffer.readFloatBE(this.#take(4));
      case 0x80:
        return narrowed(this.#buffer.readBigUInt64BE(this.#take(8)));
      case 0x81:
        return narrowed(this.#buffer.readBigInt64BE(this.#take(8)));
      case 0x82:
        return this.#buffer.readDoubleBE(this.#take(8));
      case 0x83:
        return new Date(Number(this.#buffer.readBigInt64BE(this.#take(8))));
      case 0x98:
        return uuidText(this.#bytes(16));
      case 0xa0:
        return this.#bytes(this.#size(1));
      case 0xb0:
        return this.#bytes(this.#size(4));
      case 0xa1:
      case 0xa3:
        return this.#bytes(this.#size(1)).toString('utf8');
      case 0xb1:
      case 0xb3:
        return this.#bytes(this.#size(4)).toString('utf8');
      case 0x45:
        return [];
      case 0xc0:
      case 0xd0:
        return this.#list(code === 0xc0 ? 1 : 4, depth);
      case 0xc1:
      case 0xd1:
        return this.#map(code === 0xc1 ? 1 : 4, depth);
      case 0xe0:
      case 0xf0:
        return this.#arrayItems(code === 0xe0 ? 1 : 4, depth);
      default:
        throw malformed(`there is no type 0x${code.toString(16)} here`);
    }
  }

  #list(width: 1 | 4, depth: number): AmqpValue[] {
    tooDeep(depth);
    const { count, end } = this.#compound(width);
    const items: AmqpValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.value(depth + 1));
    this.#mustBeAt(end);
    return items;
  }

  #map(width: 1 | 4, depth: number): AmqpMap {
    const items = this.#list(width, depth);
    if (items.length % 2 !== 0) throw malformed('a map has a key without a value');
    const map = new Map<AmqpValue, AmqpValue>();
    for (let i = 0; i < items.length; i += 2) map.set(items[i] as AmqpValue, items[i + 1] as AmqpValue);
    return map;
  }

  #arrayItems(width: 1 | 4, depth: number): AmqpValue[] {
    tooDeep(depth);
    const { count, end, itemCode } = this.#array(width, depth);
    const items: AmqpValue[] = [];
    for (let i = 0; i < count; i++) items.push(this.#body(itemCode, depth + 1));
    this.#mustBeAt(end);
    return items;
  }

  #array(width: 1 | 4, depth: number): { count: number; end: number; itemCode: number } {
    const { count, end } = this.#compound(width, EMPTY_ITEMS_MAX);
    let itemCode = this.#byte();
    if (itemCode === 0x00) {
      this.skip(depth + 1);
      itemCode = this.#byte();
    }
    if (itemCode >>> 4 !== 0x4 && count > end - this.#at) throw malformed('an array promises more items than bytes');
    return { count, end, itemCode };
  }

  /** Size and count; every item of a list takes a byte at least, so a count beyond the bytes is a lie. */
  #compound(width: 1 | 4, spare = 0): { count: number; end: number } {
    const size = this.#size(width);
    const end = this.#at + size;
    if (size < width || end > this.#end) throw malformed('a list ends after the frame');
    const count = this.#size(width);
    if (count > Math.max(size - width, spare)) throw malformed('a list promises more items than bytes');
    return { count, end };
  }

  #size(width: 1 | 4): number {
    return width === 1 ? this.#byte() : this.#buffer.readUInt32BE(this.#take(4));
  }

  #bytes(length: number): Buffer {
    const start = this.#take(length);
    return this.#buffer.subarray(start, start + length);
  }

  #byte(): number {
    return this.#buffer[this.#take(1)] as number;
  }

  /** Moves on by `length` and returns where that began. */
  #take(length: number): number {
    const start = this.#at;
    if (length > this.#end - start) throw malformed('a value ends after the frame');
    this.#at += length;
    return start;
  }

  #mustBeAt(end: number): void {
    if (this.#at !== end) throw malformed('the items of a list do not fill it');
  }
}

function narrowed(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function tooDeep(depth: number): void {
  if (depth >= DEPTH_MAX) throw malformed('values are nested too deeply');
}

function malformed(why: string): HubError {
  return new HubError('packet.malformed', `AMQP: ${why}`);
}
