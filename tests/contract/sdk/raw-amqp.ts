import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { type TestServer, until } from '@viaduct/testkit';
import {
  binary,
  bool,
  described,
  entriesOf,
  isDescribed,
  list,
  map,
  NULL,
  readTyped,
  symbol,
  symbols,
  type Typed,
  text,
  ubyte,
  uint,
  ulong,
  ushort,
} from './amqp-bytes.ts';

/** Performatives and the frames of SASL: descriptor, and the fields in their order. Source: part 2 §2.7, part 5 §5.3.3. */
const PERFORMATIVES = {
  open: [0x10, 10],
  begin: [0x11, 8],
  attach: [0x12, 14],
  flow: [0x13, 11],
  transfer: [0x14, 11],
  disposition: [0x15, 6],
  detach: [0x16, 3],
  end: [0x17, 1],
  close: [0x18, 1],
  'sasl-mechanisms': [0x40, 1],
  'sasl-init': [0x41, 3],
  'sasl-challenge': [0x42, 1],
  'sasl-response': [0x43, 1],
  'sasl-outcome': [0x44, 2],
} as const;
export type PerformativeName = keyof typeof PERFORMATIVES;

export const fieldCountOf = (name: PerformativeName): number => PERFORMATIVES[name][1];

export const SASL_HEADER = Buffer.from('AMQP\x03\x01\x00\x00', 'latin1');
export const AMQP_HEADER = Buffer.from('AMQP\x00\x01\x00\x00', 'latin1');

export interface WireFrame {
  readonly name: PerformativeName | 'header' | 'empty';
  readonly channel: number;
  readonly fields: readonly Typed[];
  readonly payload: Buffer;
}

/** Sections of a message by descriptor, in the order in which they stood. */
export interface WireMessage {
  readonly codes: readonly number[];
  readonly annotations: Readonly<Record<string, Typed>>;
  readonly properties: readonly Typed[];
  readonly application: Readonly<Record<string, Typed>>;
  readonly data: Buffer | undefined;
}

export interface AttachFields {
  readonly channel?: number;
  readonly handle?: number;
  readonly source?: string | null;
  readonly target?: string | null;
  readonly settleModes?: readonly [sender: number, receiver: number];
  /** Values that are no text come encoded. */
  readonly properties?: readonly (readonly [string, string | Buffer])[];
  /** The source's filter set, encoded. */
  readonly filter?: Buffer;
  readonly capabilities?: readonly string[];
}

/** A TLS connection that says AMQP byte by byte and keeps every frame that comes back, oldest first. */
export class RawAmqp {
  readonly socket: TLSSocket;
  readonly frames: WireFrame[] = [];
  /** Every frame there was, taken or not: what came before what. */
  readonly history: WireFrame[] = [];
  #rest = Buffer.alloc(0);
  #closed = false;
  #deliveries = 0;

  private constructor(socket: TLSSocket) {
    this.socket = socket;
    socket.on('data', (chunk: Buffer) => this.#received(chunk));
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#closed = true;
    });
  }

  static async connect({ ready }: Pick<TestServer, 'ready'>, options: ConnectionOptions = {}): Promise<RawAmqp> {
    const ca = readFileSync(ready.caFile);
    const socket = connect({ host: ready.hostName, port: ready.ports.amqp, ca, ...options });
    await once(socket, 'secureConnect');
    return new RawAmqp(socket);
  }

  /** Past OPEN and BEGIN, without SASL, as Node's and C's clients begin. */
  static async open(server: Pick<TestServer, 'ready'>, options: ConnectionOptions = {}): Promise<RawAmqp> {
    const amqp = await RawAmqp.connect(server, options);
    amqp.say(AMQP_HEADER);
    await amqp.next('header');
    amqp.say(openFrame(server.ready.hostName), beginFrame());
    await amqp.next('begin');
    return amqp;
  }

  say(...bytes: readonly Uint8Array[]): void {
    this.socket.write(Buffer.concat(bytes));
  }

  /** Takes the oldest frame of this name; waits for one when there is none. */
  async next(
    name: WireFrame['name'],
    isIt: (frame: WireFrame) => boolean = () => true,
    what = name as string,
  ): Promise<WireFrame> {
    const index = await until(
      () => {
        const found = this.frames.findIndex((frame) => frame.name === name && isIt(frame));
        if (found < 0 && this.#closed) throw new TypeError(`closed while waiting for ${what}: ${this.#summary}`);
        return found < 0 ? undefined : { found };
      },
      { what: `${what} (there are: ${this.#summary})` },
    );
    return this.frames.splice(index.found, 1)[0] as WireFrame;
  }

  async untilClosed(): Promise<void> {
    await until(() => this.#closed, { what: 'the server closes the connection' });
  }

  close(): void {
    this.socket.destroy();
  }

  // ---- what clients do all the time ------------------------------------------------------------------------------------

  /** Attaches a link by its handle and returns the answer; the handle is also its name. */
  async attach(role: 'sender' | 'receiver', handle: number, fields: AttachFields): Promise<WireFrame> {
    this.say(attachFrame(role, handle, `link ${handle}`, fields));
    return this.attached(`link ${handle}`, fields.channel);
  }

  attached(name: string, channel = 0): Promise<WireFrame> {
    const isIt = (frame: WireFrame) => frame.channel === channel && frame.fields[0]?.value === name;
    return this.next('attach', isIt, `the attach of ${name}`);
  }

  /** `received`: deliveries that came before on this link. `drain`: what is not used is to be given back. */
  credit(handle: number, credit: number, channel = 0, { received = 0, drain = false } = {}): void {
    const session = [uint(received), uint(2_048), uint(0), uint(2_048)];
    const link = [uint(handle), uint(received), uint(credit), NULL, bool(drain)];
    this.say(frame('flow', [...session, ...link], channel));
  }

  /** Sends one transfer and returns its delivery id. */
  transfer(handle: number, message: Buffer, { channel = 0, settled = false, format = 0 } = {}): number {
    const id = this.#deliveries++;
    const fields = [uint(handle), uint(id), binary(Buffer.from([id])), uint(format), bool(settled), bool(false)];
    this.say(frame('transfer', fields, channel, message));
    return id;
  }

  outcome(id: number, descriptor: number, settled = true, channel = 0): void {
    this.say(
      frame('disposition', [bool(true), uint(id), uint(id), bool(settled), described(descriptor, list([]))], channel),
    );
  }

  /** The next delivery on a link of ours, by the handle that the server gave it in its attach. */
  async delivery(attach: WireFrame): Promise<WireFrame> {
    const handle = attach.fields[1]?.value;
    return await this.next('transfer', ({ fields }) => fields[0]?.value === handle, `a delivery on ${String(handle)}`);
  }

  /** A pair of links to `$cbs`, and the token; the returned frame is the answer. */
  async putToken(name: string, token: string, more: Partial<PutToken> = {}): Promise<WireFrame> {
    const { handle = 100, channel = 0, address = '$cbs', replyTo = 'cbs' } = more;
    await this.attach('sender', handle, { channel, target: address, source: address });
    const replies = await this.attach('receiver', handle + 1, { channel, source: address, target: replyTo });
    this.credit(handle + 1, 10, channel);
    this.transfer(handle, putTokenMessage(name, token, more), { channel });
    return await this.delivery(replies);
  }

  get #summary(): string {
    return this.frames.map(({ name }) => name).join(', ') || 'nothing';
  }

  #received(chunk: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    while (this.#rest.length >= 8) {
      const isHeader = this.#rest.toString('latin1', 0, 4) === 'AMQP';
      const size = isHeader ? 8 : this.#rest.readUInt32BE(0);
      if (this.#rest.length < size) break;
      const received = frameOf(this.#rest.subarray(0, size), isHeader);
      this.frames.push(received);
      this.history.push(received);
      this.#rest = this.#rest.subarray(size);
    }
  }
}

function frameOf(bytes: Buffer, isHeader: boolean): WireFrame {
  const nothing = { channel: 0, fields: [], payload: bytes };
  if (isHeader) return { name: 'header', ...nothing };
  const start = bytes.readUInt8(4) * 4;
  if (start === bytes.length) return { name: 'empty', ...nothing };
  const performative = readTyped(bytes, start);
  const { descriptor, of } = performative.value as { descriptor: number; of: Typed };
  const [name] = Object.entries(PERFORMATIVES).find(([, [code]]) => code === descriptor) ?? [];
  if (name === undefined) throw new TypeError(`no performative: 0x${descriptor.toString(16)}`);
  const payload = bytes.subarray(start + performative.bytes.length);
  const channel = bytes.readUInt16BE(6);
  return { name: name as PerformativeName, channel, fields: of.value as Typed[], payload };
}

export function messageIn({ payload }: WireFrame): WireMessage {
  const codes: number[] = [];
  const sections = new Map<number, Typed>();
  for (let at = 0; at < payload.length; ) {
    const section = readTyped(payload, at);
    const { descriptor = 0, of = section } = isDescribed(section) ?? {};
    codes.push(descriptor);
    sections.set(descriptor, of);
    at += section.bytes.length;
  }
  return {
    codes,
    annotations: entriesOf(sections.get(0x72)),
    properties: (sections.get(0x73)?.value ?? []) as Typed[],
    application: entriesOf(sections.get(0x74)),
    data: sections.get(0x75)?.value as Buffer | undefined,
  };
}

// ---- frames and messages of a client -----------------------------------------------------------------------------------

export function frame(
  name: PerformativeName,
  fields: readonly Buffer[],
  channel = 0,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const body = Buffer.concat([described(PERFORMATIVES[name][0], list(fields)), payload]);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.writeUInt8(2, 4);
  head.writeUInt8(name.startsWith('sasl') ? 1 : 0, 5);
  head.writeUInt16BE(channel, 6);
  return Buffer.concat([head, body]);
}

export function openFrame(hostName: string): Buffer {
  return frame('open', [text('raw'), text(hostName), uint(65_536), ushort(255), uint(240_000)]);
}

export function beginFrame(channel = 0): Buffer {
  return frame('begin', [NULL, uint(0), uint(2_048), uint(2_048), uint(255)], channel);
}

/** A sender says where its count begins. `source` and `target` may be left null, as Java does with the one that is its own. */
export function attachFrame(
  role: 'sender' | 'receiver',
  handle: number,
  name: string,
  { channel = 0, source = null, target = null, settleModes = [2, 0], properties, filter, capabilities }: AttachFields,
): Buffer {
  const terminus = (code: number, address: string | null, more: readonly Buffer[] = []) =>
    described(code, list(address === null ? [] : [text(address), ...more]));
  const filtered = filter === undefined ? [] : [NULL, NULL, NULL, NULL, NULL, NULL, filter];
  const fields = [
    text(name),
    uint(handle),
    bool(role === 'receiver'),
    ubyte(settleModes[0]),
    ubyte(settleModes[1]),
    terminus(0x28, source, filtered),
    terminus(0x29, target),
    NULL,
    NULL,
    role === 'sender' ? uint(0) : NULL,
    ulong(65_536),
    NULL,
    capabilities === undefined ? NULL : symbols(capabilities),
    properties === undefined ? NULL : map(properties.map(([key, value]) => [symbol(key), encoded(value)] as const)),
  ];
  return frame('attach', fields, channel);
}

function encoded(value: string | Buffer): Buffer {
  return typeof value === 'string' ? text(value) : value;
}

export interface MessageFields {
  readonly annotations?: readonly (readonly [Buffer, Buffer])[];
  /** By their place in the list. */
  readonly properties?: Readonly<Record<number, Buffer>>;
  readonly application?: readonly (readonly [Buffer, Buffer])[];
  readonly data?: readonly (Buffer | string)[];
  readonly value?: Buffer;
}

export function message({ annotations, properties, application, data = [], value }: MessageFields): Buffer {
  const sections: Buffer[] = [];
  if (annotations !== undefined) sections.push(described(0x72, map(annotations)));
  if (properties !== undefined) {
    const last = Math.max(...Object.keys(properties).map(Number));
    sections.push(described(0x73, list(Array.from({ length: last + 1 }, (_, i) => properties[i] ?? NULL))));
  }
  if (application !== undefined) sections.push(described(0x74, map(application)));
  for (const piece of data) sections.push(described(0x75, binary(piece)));
  if (value !== undefined) sections.push(described(0x77, value));
  return Buffer.concat(sections);
}

export interface PutToken {
  readonly handle: number;
  readonly channel: number;
  readonly address: string;
  readonly replyTo: string;
  readonly messageId: Buffer;
  readonly type: string;
  readonly more: readonly (readonly [Buffer, Buffer])[];
}

export function putTokenMessage(name: string, token: string, more: Partial<PutToken> = {}): Buffer {
  const { messageId = text('1'), replyTo = 'cbs', type = 'servicebus.windows.net:sastoken' } = more;
  return message({
    properties: { 0: messageId, 2: text('$cbs'), 4: text(replyTo) },
    application: [
      [text('operation'), text('put-token')],
      [text('type'), text(type)],
      [text('name'), text(name)],
      ...(more.more ?? []),
    ],
    value: text(token),
  });
}
