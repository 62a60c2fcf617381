import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import rhea, { type Connection, type ConnectionOptions, type Receiver, type ReceiverOptions, type Sender } from 'rhea';
import { AmqpReader, type AmqpValue } from '../codec/amqp-reader.ts';

/** A delivery as it was on the wire. */
export interface WireDelivery {
  readonly handle: number;
  readonly id: number;
  readonly tag: Buffer;
  readonly settled: boolean;
  readonly payload: Buffer;
}

/** Type and value, as in `['Int', 200]`; numbers and texts in their short and long forms are one type. */
type Typed = readonly [type: string, value: unknown];

/** The sections of a message, types and all; of maps, `type:key`. */
export interface WireMessage {
  readonly sections: readonly number[];
  readonly annotations: Readonly<Record<string, Typed>>;
  readonly properties: readonly Typed[];
  readonly application: Readonly<Record<string, Typed>>;
  readonly body: Buffer | undefined;
}

/** A device's end of a connection, by another implementation; what arrives is kept as bytes too. */
export class RawAmqpDevice {
  readonly connection: Connection;
  #socket: Socket | undefined;
  #bytes = Buffer.alloc(0);

  constructor(port: number, options: Partial<ConnectionOptions> = {}) {
    this.connection = rhea.create_container().connect({
      reconnect: false,
      connection_details: () => ({
        connect: (_: number, __: string, ___: object, done: () => void) => this.#tapped(port, done),
      }),
      ...options,
    } as unknown as ConnectionOptions);
    for (const event of [
      'disconnected',
      'connection_error',
      'connection_close',
      'receiver_error',
      'sender_error',
      'error',
    ])
      this.connection.on(event, () => undefined);
  }

  async receiver(address: string, options: ReceiverOptions = {}, credit = 0): Promise<Receiver> {
    const link = this.connection.open_receiver({ source: address, credit_window: 0, autoaccept: false, ...options });
    if (credit > 0) link.add_credit(credit);
    await once(link, 'receiver_open');
    return link;
  }

  async sender(address: string, options: object = {}): Promise<Sender> {
    const link = this.connection.open_sender({ target: address, ...options });
    if (!link.sendable()) await once(link, 'sendable');
    return link;
  }

  /** Codes of the performatives that arrived so far, in order. */
  get performatives(): number[] {
    return framesIn(this.#bytes).map(({ code }) => code);
  }

  /** What was delivered on this link so far, whole messages only. */
  deliveries(link: Receiver): WireDelivery[] {
    const handle = (link as unknown as { remote: { attach: { handle: number } } }).remote.attach.handle;
    return deliveriesIn(this.#bytes).filter((delivery) => delivery.handle === handle);
  }

  /** The messages of the link so far, when there are as many. */
  async messages(link: Receiver, count: number): Promise<WireMessage[]> {
    while (this.deliveries(link).length < count) await once(this.#socket as Socket, 'data');
    return this.deliveries(link).map(({ payload }) => wireMessage(payload));
  }

  close(): void {
    this.connection.close();
  }

  #tapped(port: number, done: () => void): Socket {
    const socket = connect(port, '127.0.0.1', done);
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => {
      this.#bytes = Buffer.concat([this.#bytes, chunk]);
    });
    return socket;
  }
}

interface WireFrame {
  readonly code: number;
  readonly fields: readonly AmqpValue[];
  readonly payload: Buffer;
}

/** All but the empty ones. */
function framesIn(bytes: Buffer): WireFrame[] {
  const frames: WireFrame[] = [];
  for (let at = 8; at + 8 <= bytes.length; at += bytes.readUInt32BE(at)) {
    const end = at + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    if (end === at + 8) continue;
    const reader = new AmqpReader(bytes, at + 8, end);
    const code = reader.descriptor() as number;
    frames.push({ code, fields: reader.value() as AmqpValue[], payload: bytes.subarray(reader.at, end) });
  }
  return frames;
}

const TRANSFER = 0x14;

function deliveriesIn(bytes: Buffer): WireDelivery[] {
  const whole: WireDelivery[] = [];
  const pieces: Buffer[] = [];
  for (const { code, fields, payload } of framesIn(bytes)) {
    if (code !== TRANSFER) continue;
    const [handle, id, tag, , settled, more] = fields;
    pieces.push(payload);
    if (more === true) continue;
    whole.push({
      handle: handle as number,
      id: id as number,
      tag: tag as Buffer,
      settled: settled as boolean,
      payload: Buffer.concat(pieces.splice(0)),
    });
  }
  return whole;
}

interface RheaTyped {
  readonly type: { readonly name: string };
  readonly value: unknown;
  readonly descriptor?: { readonly value: number };
}

function wireMessage(payload: Buffer): WireMessage {
  const { Reader } = rhea.types as unknown as {
    Reader: new (bytes: Buffer) => { read(): RheaTyped; remaining(): number };
  };
  const reader = new Reader(payload);
  const sections = new Map<number, RheaTyped>();
  const codes: number[] = [];
  while (reader.remaining() > 0) {
    const section = reader.read();
    codes.push(Number(section.descriptor?.value));
    sections.set(Number(section.descriptor?.value), section);
  }
  return {
    sections: codes,
    annotations: mapOf(sections.get(0x72)),
    properties: ((sections.get(0x73)?.value ?? []) as RheaTyped[]).map(typed),
    application: mapOf(sections.get(0x74)),
    body: sections.get(0x75)?.value as Buffer | undefined,
  };
}

function mapOf(section: RheaTyped | undefined): Record<string, Typed> {
  const items = (section?.value ?? []) as RheaTyped[];
  const map: Record<string, Typed> = {};
  for (let i = 0; i < items.length; i += 2) {
    const [type, key] = typed(items[i] as RheaTyped);
    map[`${type}:${String(key)}`] = typed(items[i + 1] as RheaTyped);
  }
  return map;
}

function typed({ type, value }: RheaTyped): Typed {
  const name = type.name.replace(/^Small|[0-9]+$/g, '').replace(/[0-9]+$/, '');
  return [name, value];
}
