import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { LIMITS } from '@viaduct/contracts';
import { until } from '@viaduct/testkit';
import * as fc from 'fast-check';
import rhea, { type Connection, type EventContext, type Receiver } from 'rhea';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { AmqpDescribed, AmqpReader, type AmqpValue } from '../codec/amqp-reader.ts';
import { AmqpWriter } from '../codec/amqp-writer.ts';
import type {
  AttachRequest,
  ConnectionHandler,
  Outcome,
  OutgoingLink,
  PayloadWriter,
  SaslExchange,
  ServerConnection,
} from './engine.ts';
import { serveWithRhea } from './rhea-connection.ts';

/** Remembers what the engine tells. Links to `no` are refused; the rest is accepted. */
class RecordingHandler implements ConnectionHandler {
  readonly messages: Buffer[] = [];
  readonly outgoing: OutgoingLink[] = [];
  readonly requests: AttachRequest[] = [];
  endedLinks = 0;
  endedWith: { fault: unknown } | undefined;

  async authenticatePlain(userName: string, password: string): Promise<boolean> {
    return userName === 'service' && password === 'right';
  }

  /** Asks for two words and wants them to be these. */
  beginExchange(): SaslExchange {
    const said: string[] = [];
    return {
      step: async (response) => {
        said.push(response.toString());
        if (said.length < 3) return { kind: 'challenge', challenge: Buffer.from(`word ${said.length}`) };
        return { kind: said.join(' ') === 'knock open sesame' ? 'allowed' : 'refused' };
      },
    };
  }

  attached(request: AttachRequest): void {
    this.requests.push(request);
    if (request.address === 'no') {
      request.refuse({ condition: 'amqp:not-found', description: 'nothing is here' });
    } else if (request.peerReceives) {
      this.outgoing.push(request.acceptOutgoing({ ready: () => undefined, ended: () => this.endedLinks++ }));
    } else {
      request.acceptIncoming({
        message: (delivery) => {
          this.messages.push(delivery.payload);
          delivery.accept();
        },
        ended: () => this.endedLinks++,
      });
    }
  }

  ended(fault: unknown): void {
    this.endedWith = { fault };
  }
}

/** Sends the bytes of a data section. */
const BODY: PayloadWriter<Buffer> = {
  write(writer, body) {
    writer.dataSection(body.length);
    writer.raw(body);
  },
};

const SASL_HEADER = Buffer.from('414d515003010000', 'hex');
const AMQP_HEADER = Buffer.from('414d515000010000', 'hex');
/** A list of one symbol, ANONYMOUS. */
const SASL_INIT_ANONYMOUS = frame(1, '005341c00c01a309414e4f4e594d4f5553');
const SASL_MECHANISMS = frame(1, '005340c00100');
/** A list of one binary, empty. */
const SASL_RESPONSE = frame(1, '005343c00301a000');
/** Container id `c`, nothing else. */
const OPEN = frame(0, '005310c00401a10163');
/** No remote channel, next outgoing id 0, windows of 2,048. */
const BEGIN = frame(0, '005311c00d04404370000008007000000800');

let server: Server;
let handlers: RecordingHandler[] = [];
let connections: ServerConnection[] = [];
/** Of the connections that are made from now on. */
let idleSeconds: number;
const sockets = new Set<Socket>();

beforeAll(async () => {
  server = createServer((socket) => {
    sockets.add(socket);
    const handler = new RecordingHandler();
    handlers.push(handler);
    const options = { containerId: 'hub', hasClientCertificate: false, exchanges: ['WORDS'], idleSeconds };
    connections.push(serveWithRhea(socket, options, handler));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
});

beforeEach(() => {
  handlers = [];
  connections = [];
  idleSeconds = LIMITS.AMQP_IDLE_SECONDS;
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
});

describe('a connection', () => {
  it('goes through SASL even when the peer says everything at once', async () => {
    const socket = await raw();
    socket.write(Buffer.concat([SASL_HEADER, SASL_INIT_ANONYMOUS, AMQP_HEADER, OPEN]));
    const answer = await received(socket, (bytes) => bytes.includes(AMQP_HEADER) && bytes.includes('hub'));
    const mechanisms = answer.toString('latin1');
    const offered = ['MSSBCBS', 'PLAIN', 'ANONYMOUS', 'WORDS'].map((name) => mechanisms.indexOf(name));
    expect(offered.every((at) => at > 0)).toBe(true);
    expect(offered).toEqual([...offered].sort((a, b) => a - b));
    socket.destroy();
  });

  it('goes without SASL too', async () => {
    const socket = await raw();
    socket.write(Buffer.concat([AMQP_HEADER, OPEN]));
    expect((await received(socket, (bytes) => bytes.includes('hub'))).subarray(0, 8)).toEqual(AMQP_HEADER);
    socket.destroy();
  });

  it('lets PLAIN in with the right password and ends with the wrong one', async () => {
    const good = client({ username: 'service', password: 'right' });
    await once(good, 'connection_open');
    good.close();
    const bad = client({ username: 'service', password: 'wrong' });
    await once(bad, 'connection_error');
    await until(() => handlers[1]?.endedWith);
  });

  it('goes through a mechanism of several steps, and ends when the last is wrong', async () => {
    const challenges: string[] = [];
    const words = (answers: readonly string[]) => ({
      WORDS: {
        start: (say: (error: undefined, response: Buffer) => void) => say(undefined, Buffer.from('knock')),
        step: (challenge: Buffer, say: (error: undefined, response: Buffer) => void) => {
          challenges.push(challenge.toString());
          say(undefined, Buffer.from(answers[challenges.length - 1] ?? ''));
        },
      },
    });
    const good = client({ sasl_mechanisms: words(['open', 'sesame']) });
    await once(good, 'connection_open');
    expect(challenges.splice(0)).toEqual(['word 1', 'word 2']);
    good.close();
    const bad = client({ sasl_mechanisms: words(['open', 'barley']) });
    const { error } = (await once(bad, 'connection_error'))[0] as { error: { condition: string } };
    expect(error).toMatchObject({ condition: 'amqp:unauthorized-access' });
    await until(() => handlers[1]?.endedWith);
  });

  it('ends with what is not the peer’s to say in SASL, or not yet', async () => {
    for (const bytes of [SASL_RESPONSE, SASL_MECHANISMS]) (await raw()).write(Buffer.concat([SASL_HEADER, bytes]));
    for (const at of [0, 1]) {
      const ended = await until(() => handlers[at]?.endedWith);
      expect(ended).toMatchObject({ fault: { code: 'packet.malformed' } });
    }
  });

  it('says of a peer that went silent that nothing was heard, and of one that vanished that it was lost', async () => {
    idleSeconds = 0.2;
    const silent = await raw();
    silent.write(Buffer.concat([AMQP_HEADER, OPEN]));
    await until(() => handlers[0]?.endedWith);
    expect(connections[0]?.endedBy).toMatchObject({
      code: 'connection.keepAliveLapsed',
      message: 'nothing was heard for 0.2 s',
    });
    idleSeconds = LIMITS.AMQP_IDLE_SECONDS;
    const vanishing = await raw();
    vanishing.write(Buffer.concat([AMQP_HEADER, OPEN]));
    await received(vanishing, (bytes) => bytes.includes('hub'));
    vanishing.destroy();
    await until(() => handlers[1]?.endedWith);
    expect(connections[1]?.endedBy).toMatchObject({ code: 'connection.lost' });
  });

  it('writes performatives in full length, for the client that counts fields', async () => {
    const socket = await raw();
    socket.write(Buffer.concat([AMQP_HEADER, OPEN, BEGIN]));
    const bytes = await received(socket, (all) => performatives(all).length >= 2);
    expect(performatives(bytes).map(({ fields }) => fields)).toEqual([10, 8]);
    socket.destroy();
  });

  it('sends messages longer than the frames of the peer in pieces', async () => {
    const connection = client({ max_frame_size: 512 });
    const message = nextMessage(await receiver(connection, 10));
    const body = Buffer.alloc(200_000, 'a long message, ');
    await send(body);
    expect((await message).message?.body.content).toEqual(body);
    connection.close();
  });

  it('takes messages that come in pieces', async () => {
    const connection = client({ max_frame_size: 4_294_967_295 });
    const sender = connection.open_sender('somewhere');
    await once(sender, 'sendable');
    const body = Buffer.alloc(300_000, 'x');
    sender.send({ body: rhea.message.data_section(body) });
    await once(sender, 'accepted');
    expect(handlers[0]?.messages[0]?.length).toBeGreaterThan(body.length);
    connection.close();
  });

  it('never sends beyond credit, and gives credit back when asked to drain', async () => {
    const connection = client();
    const link = await receiver(connection, 2);
    const outgoing = await until(() => handlers[0]?.outgoing[0]);
    await until(() => outgoing.canSend);
    outgoing.send(Buffer.from('1'), BODY, Buffer.from('one'));
    expect(outgoing.canSend).toBe(true);
    outgoing.send(Buffer.from('2'), BODY, Buffer.from('two'));
    expect(outgoing.canSend).toBe(false);
    link.add_credit(5);
    await until(() => outgoing.canSend);
    link.drain_credit();
    await until(() => outgoing.draining);
    const drained = once(link, 'receiver_drained');
    outgoing.drained();
    await drained;
    expect(outgoing.canSend).toBe(false);
    connection.close();
  });

  it('stops sending to a peer that does not read, and goes on when it does', async () => {
    const connection = client({ session_buffer_size: 100_000 });
    await receiver(connection, 100_000);
    const outgoing = await until(() => handlers[0]?.outgoing[0]);
    const { socket } = connection as unknown as { socket: Socket };
    socket.pause();
    const body = Buffer.alloc(10_000, 'x');
    let [sent, quietTurns] = [0, 0];
    await until(() => {
      quietTurns = outgoing.canSend ? 0 : quietTurns + 1;
      for (; outgoing.canSend; sent++) outgoing.send(Buffer.from('1'), BODY, body);
      // What is under way has filled the network's buffers and ours, and nothing moves any more.
      return quietTurns >= 5;
    });
    expect(sent * body.length).toBeLessThan(32 * 1_048_576);
    socket.resume();
    await until(() => outgoing.canSend);
    connection.close();
  });

  it('hears the outcome of what it sends, and settles second when the peer wants that', async () => {
    const connection = client();
    const link = connection.open_receiver({ source: 'x', autoaccept: false, credit_window: 0, rcv_settle_mode: 1 });
    link.add_credit(10);
    const outgoing = await until(() => handlers[0]?.outgoing[0]);
    await until(() => outgoing.canSend);
    const outcomes: Outcome[] = [];
    const settled = once(link, 'settled');
    link.on('message', ({ delivery }: EventContext) => delivery?.accept());
    outgoing.send(Buffer.from('1'), BODY, Buffer.from('one'), (outcome) => outcomes.push(outcome));
    await settled;
    expect(outcomes).toEqual(['accepted']);
    connection.close();
  });

  it('refuses a link with a null terminus and the reason', async () => {
    const connection = client();
    const link = connection.open_receiver({ source: 'no' });
    const [{ receiver: refused }] = (await once(link, 'receiver_error')) as [EventContext];
    expect(refused?.source).toMatchObject({ value: null });
    expect(refused?.error).toMatchObject({ condition: 'amqp:not-found', description: 'nothing is here' });
    connection.close();
  });

  it('accepts a link whose far end is null, and answers with both ends there', async () => {
    const socket = await raw();
    socket.write(Buffer.concat([AMQP_HEADER, OPEN, BEGIN, attachWithoutTarget('x')]));
    const bytes = await received(socket, (all) => performatives(all).some(({ code }) => code === 0x12));
    const [name, , , , , source, target, , , , , , , properties] = attachFields(bytes);
    expect(name).toBe('link');
    expect(source).toBeInstanceOf(AmqpDescribed);
    expect(target).toBeInstanceOf(AmqpDescribed);
    expect(properties).toBeInstanceOf(Map);
    socket.destroy();
  });

  it('ends every link once, whether the peer detaches, ends its session or vanishes', async () => {
    const connection = client();
    const [first, second] = [await receiver(connection, 1), await receiver(connection, 1)];
    first.close();
    await until(() => handlers[0]?.endedLinks === 1);
    second.session.close();
    await until(() => handlers[0]?.endedLinks === 2);
    const [other] = [connection.create_session()];
    other.begin();
    other.open_receiver('y');
    await until(() => handlers[0]?.outgoing.length === 3);
    (connection as unknown as { socket: Socket }).socket.destroy();
    await until(() => handlers[0]?.endedWith);
    expect(handlers[0]?.endedLinks).toBe(3);
  });
});

describe('a peer that breaks the protocol', () => {
  it.each([
    ['says nothing of AMQP', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
    ['speaks another version', Buffer.from('414d515000000901', 'hex')],
    ['announces a frame of four gigabytes', Buffer.concat([AMQP_HEADER, Buffer.from('ffffffff02000000', 'hex')])],
    ['announces a frame of nothing', Buffer.concat([AMQP_HEADER, Buffer.from('0000000002000000', 'hex')])],
    ['promises a list of four billion', Buffer.concat([AMQP_HEADER, frame(0, '005310d000000004ffffffff')])],
    ['uses a channel beyond those offered', Buffer.concat([AMQP_HEADER, OPEN, Buffer.from('000000080200ffff', 'hex')])],
    ['begins before it opens', Buffer.concat([AMQP_HEADER, BEGIN])],
    ['opens twice', Buffer.concat([AMQP_HEADER, OPEN, OPEN])],
    ['sends a performative that does not exist', Buffer.concat([AMQP_HEADER, OPEN, frame(0, '0053ff45')])],
  ])('%s, and only its own connection ends', async (_, bytes) => {
    const bystander = client();
    await receiver(bystander, 1);
    const socket = await raw();
    socket.write(bytes);
    await closed(socket);
    await until(() => handlers[1]?.endedWith?.fault);
    expect(handlers[0]?.endedWith).toBeUndefined();
    bystander.close();
  });

  it('sends a message without end, and is stopped at the bound', async () => {
    const connection = client();
    const sender = connection.open_sender('somewhere');
    await once(sender, 'sendable');
    const error = once(connection, 'connection_error');
    sender.send({ body: rhea.message.data_section(Buffer.alloc(LIMITS.AMQP_MESSAGE_BYTES_MAX + 1_000)) });
    await error;
    expect(handlers[0]?.endedWith ?? (await until(() => handlers[0]?.endedWith))).toMatchObject({
      fault: { code: 'message.tooLarge' },
    });
  });

  it('begins messages on so many links that together they are too much, and is stopped', async () => {
    const links = LIMITS.AMQP_ARRIVING_BYTES_MAX / LIMITS.AMQP_MESSAGE_BYTES_MAX + 4;
    const socket = await raw();
    socket.write(Buffer.concat([AMQP_HEADER, OPEN, BEGIN]));
    for (let handle = 0; handle < links; handle++) {
      socket.write(attachOfSender(handle));
      for (let piece = 0; piece < 17; piece++) socket.write(beginOfMessage(handle, Buffer.alloc(60_000)));
    }
    const { fault } = await until(() => handlers[0]?.endedWith);
    expect(fault).toMatchObject({ code: 'message.tooLarge' });
    expect(handlers[0]?.requests.length).toBeGreaterThan(links / 2);
  });

  it('sends any bytes at all after a good beginning, and the engine stands', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 64 }), { maxLength: 6 }), async (payloads) => {
        const socket = await raw();
        socket.write(Buffer.concat([AMQP_HEADER, OPEN, BEGIN]));
        for (const payload of payloads) socket.write(frame(0, Buffer.from(payload).toString('hex')));
        socket.end();
        await closed(socket);
      }),
      { numRuns: 60 },
    );
    await until(() => handlers.every(({ endedWith }) => endedWith !== undefined));
  });
});

// ---- peers -------------------------------------------------------------------------------------------------------------

function client(options: object = {}): Connection {
  const { port } = server.address() as { port: number };
  const connection = rhea.create_container().connect({ host: '127.0.0.1', port, reconnect: false, ...options });
  connection.on('disconnected', () => undefined);
  connection.on('connection_error', () => undefined);
  return connection;
}

async function receiver(connection: Connection, credit: number): Promise<Receiver> {
  const link = connection.open_receiver({ source: 'x', credit_window: 0, autoaccept: false });
  link.add_credit(credit);
  await once(link, 'receiver_open');
  return link;
}

async function nextMessage(link: Receiver): Promise<EventContext> {
  const [context] = (await once(link, 'message')) as [EventContext];
  return context;
}

async function send(body: Buffer): Promise<void> {
  const link = await until(() => handlers[0]?.outgoing[0]);
  await until(() => link.canSend);
  link.send(Buffer.from('1'), BODY, body);
}

async function raw(): Promise<Socket> {
  const { port } = server.address() as { port: number };
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

async function received(socket: Socket, enough: (bytes: Buffer) => boolean): Promise<Buffer> {
  let bytes = Buffer.alloc(0);
  socket.on('data', (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
  });
  await until(() => enough(bytes));
  return bytes;
}

async function closed(socket: Socket): Promise<void> {
  socket.resume();
  if (!socket.closed) await once(socket, 'close');
}

// ---- bytes -------------------------------------------------------------------------------------------------------------

function frame(type: number, hex: string): Buffer {
  const body = Buffer.from(hex, 'hex');
  const head = Buffer.from([0, 0, 0, 0, 2, type, 0, 0]);
  head.writeUInt32BE(8 + body.length);
  return Buffer.concat([head, body]);
}

/** attach of a receiver named `link` whose target is null. */
function attachWithoutTarget(address: string): Buffer {
  const writer = new AmqpWriter();
  const start = writer.openFrame(0, 0);
  writer.descriptor(0x12);
  const attach = writer.openList();
  writer.string('link');
  writer.uint(0);
  writer.boolean(true);
  writer.null();
  writer.null();
  writer.descriptor(0x28);
  const source = writer.openList();
  writer.string(address);
  writer.close(source, 1);
  writer.null();
  writer.close(attach, 7);
  writer.closeFrame(start);
  return writer.take();
}

/** attach of a sender that is named after its handle. */
function attachOfSender(handle: number): Buffer {
  const writer = new AmqpWriter();
  const start = writer.openFrame(0, 0);
  writer.descriptor(0x12);
  const attach = writer.openList();
  writer.string(`link ${handle}`);
  writer.uint(handle);
  writer.boolean(false);
  writer.null();
  writer.null();
  writer.null();
  writer.descriptor(0x29);
  const target = writer.openList();
  writer.string('somewhere');
  writer.close(target, 1);
  writer.null();
  writer.null();
  writer.uint(0);
  writer.close(attach, 10);
  writer.closeFrame(start);
  return writer.take();
}

/** transfer of one more piece, which is not the last. */
function beginOfMessage(handle: number, payload: Buffer): Buffer {
  const writer = new AmqpWriter();
  const start = writer.openFrame(0, 0);
  writer.descriptor(0x14);
  const transfer = writer.openList();
  writer.uint(handle);
  writer.uint(handle);
  writer.binary(Buffer.of(handle));
  writer.uint(0);
  writer.boolean(false);
  writer.boolean(true);
  writer.close(transfer, 6);
  writer.raw(payload);
  writer.closeFrame(start);
  return writer.take();
}

function attachFields(bytes: Buffer): readonly AmqpValue[] {
  const attach = performatives(bytes).find(({ code }) => code === 0x12);
  return new AmqpReader(bytes, attach?.listAt).value() as AmqpValue[];
}

/** The performatives in what the server sent without SASL, with how many fields each has. */
function performatives(bytes: Buffer): { code: number; fields: number; listAt: number }[] {
  const found = [];
  for (let at = 8; at + 8 <= bytes.length; ) {
    const size = bytes.readUInt32BE(at);
    if (at + size > bytes.length) break;
    if (size > 8) {
      const reader = new AmqpReader(bytes, at + 8, at + size);
      const code = reader.descriptor() as number;
      const listAt = reader.at;
      found.push({ code, fields: reader.openList().count, listAt });
    }
    at += size;
  }
  return found;
}
