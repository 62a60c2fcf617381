import { once } from 'node:events';
import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { duplexPair } from 'node:stream';
import { createServer, type TLSSocket } from 'node:tls';
import { EventHubConsumerClient } from '@azure/event-hubs';
import { openCertificates } from '@viaduct/server';
import { nextLoopbackAddress, until } from '@viaduct/testkit';
import { Client, Message } from 'azure-iot-device';
import { Amqp } from 'azure-iot-device-amqp';
import { Client as ServiceClient } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDevice } from '../../core/registry/create-device.ts';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { AmqpGateway } from './amqp-gateway.ts';

/**
 * What real clients said, said again with mistakes. Whatever comes, a peer is answered or hung up on; nothing that was thrown
 * leaves the gateway, and no session, link or lock outlives its connection.
 *
 * VIADUCT_FUZZ_RUNS sets how many mistakes are tried, VIADUCT_FUZZ_SEED which ones.
 */
const RUNS = Number(process.env.VIADUCT_FUZZ_RUNS ?? 400);
const SEED = Number(process.env.VIADUCT_FUZZ_SEED ?? 20_261_123);
const DEVICE = 'fuzzed';
const KEY = Buffer.from('a key of thirty-two bytes, indeed').toString('base64');

let temporary: TemporaryHub;
let gateway: AmqpGateway;
let sessions: readonly RecordedSession[];
const faults: unknown[] = [];

beforeAll(async () => {
  temporary = await temporaryHub();
  const address = nextLoopbackAddress();
  const hub = { ...temporary, hostNames: [address], clock: { now: () => Date.now() } };
  await hub.policies.insertMissing([
    { name: 'service', primaryKey: KEY, secondaryKey: '', rights: new Set(['ServiceConnect'] as const) },
  ]);
  await createDevice(
    hub,
    {
      deviceId: DEVICE,
    },
    { authentication: { type: 'sas', symmetricKey: { primaryKey: KEY, secondaryKey: KEY } } },
  );
  gateway = new AmqpGateway(hub, { eventHubName: 'hub', onFault: (fault) => faults.push(fault) });
  const policy = `SharedAccessKeyName=service;SharedAccessKey=${KEY}`;
  const recorded: RecordedHub = {
    ...{ gateway, address, deviceId: DEVICE },
    certificate: await certificateFor(address),
    deviceConnectionString: `HostName=${address};DeviceId=${DEVICE};SharedAccessKey=${KEY}`,
    hubConnectionString: `HostName=${address};${policy}`,
    eventHubsConnectionString: `Endpoint=sb://${address}/;${policy};EntityPath=hub`,
  };
  sessions = await recordSessions(recorded);
}, 60_000);
afterAll(async () => {
  await gateway.close();
  await temporary.close();
});

async function certificateFor(address: string) {
  const tls = join(temporary.directory, 'tls');
  await mkdir(tls);
  for (const file of ['ca.pem', 'ca-key.pem'])
    await cp(join(process.env.VIADUCT_TEST_CA_DIR ?? '', file), join(tls, file));
  return await openCertificates(tls, [address], Date.now());
}

describe('AMQP sessions of real clients, with mistakes', () => {
  it('are recorded whole: a device, a back end, a reader', () => {
    const bytes = sessions.map((session) => session.reduce((sum, frame) => sum + frame.length, 0));
    expect(sessions.length).toBeGreaterThanOrEqual(3);
    expect(Math.min(...bytes)).toBeGreaterThan(500);
    expect(faults).toEqual([]);
  });

  it('are lived through when they are said again as they were', async () => {
    for (const session of sessions) expect(await replay(session)).toBeGreaterThan(100);
    expect(faults).toEqual([]);
  });

  it(`end at worst their own connection (${RUNS} mistakes)`, { timeout: 60_000 + RUNS * 200 }, async () => {
    const random = seeded(SEED);
    for (let run = 0; run < RUNS; run++) {
      const session = sessions[Math.floor(random() * sessions.length)] as RecordedSession;
      await replay(mistaken(session, random));
      expect(faults, `run ${run} of seed ${SEED}`).toEqual([]);
      expect(temporary.sessions.size, `sessions after run ${run} of seed ${SEED}`).toBe(0);
    }
    const held = (await temporary.commands.list({ deviceId: DEVICE })).filter(({ lockToken }) => lockToken !== null);
    expect(held).toEqual([]);
  });
});

const QUIET_TURNS = 40;

/** Says it all at once, reads what comes, and hangs up once nothing more does. Resolves with the bytes answered. */
async function replay(session: RecordedSession): Promise<number> {
  const [ours, theirs] = duplexPair();
  let [answered, isGone] = [0, false];
  ours.on('data', (chunk: Buffer) => {
    answered += chunk.length;
  });
  ours.on('error', () => undefined);
  ours.on('close', () => {
    isGone = true;
  });
  theirs.on('error', () => undefined);
  gateway.accept(theirs, 'amqp', '127.0.0.1');
  for (const frame of session) if (!isGone && ours.writable) ours.write(frame);
  for (let quiet = 0, before = -1; quiet < QUIET_TURNS && !isGone; ) {
    await new Promise((resolve) => setImmediate(resolve));
    quiet = answered === before ? quiet + 1 : 0;
    before = answered;
  }
  ours.destroy();
  theirs.destroy();
  await until(() => theirs.closed, { what: 'the connection goes' });
  await until(() => temporary.sessions.size === 0, { what: 'its sessions go' });
  return answered;
}

type Mistake = (frames: Buffer[], random: () => number) => void;

const pick = (length: number, random: () => number) => Math.floor(random() * length);
/** Of those after the protocol header. */
const pickFrame = (frames: readonly Buffer[], random: () => number) =>
  Math.min(1 + pick(frames.length - 1, random), frames.length - 1);

const MISTAKES: readonly Mistake[] = [
  // A bit here and there, sizes and types included.
  (frames, random) => {
    for (let i = 0; i <= pick(4, random); i++) {
      const frame = frames[pick(frames.length, random)] as Buffer;
      const at = pick(frame.length, random);
      frame[at] = (frame[at] as number) ^ (1 << pick(8, random));
    }
  },
  // A byte of a frame's contents becomes one that means something to the decoder.
  (frames, random) => {
    const codes = [
      0x00, 0x40, 0x41, 0x45, 0x53, 0x70, 0x80, 0xa0, 0xa1, 0xb0, 0xb1, 0xc0, 0xc1, 0xd0, 0xd1, 0xe0, 0xf0, 0xff,
    ];
    for (let i = 0; i <= pick(3, random); i++) {
      const frame = frames[pick(frames.length, random)] as Buffer;
      if (frame.length > 8) frame[8 + pick(frame.length - 8, random)] = codes[pick(codes.length, random)] as number;
    }
  },
  // Frames left out, said twice, or in another order.
  (frames, random) => void frames.splice(pickFrame(frames, random), 1 + pick(3, random)),
  (frames, random) => {
    const at = pickFrame(frames, random);
    frames.splice(at, 0, Buffer.from(frames[at] as Buffer));
  },
  (frames, random) => {
    const [a, b] = [pickFrame(frames, random), pickFrame(frames, random)];
    if (frames.length > 2) [frames[a], frames[b]] = [frames[b] as Buffer, frames[a] as Buffer];
  },
  // On another channel.
  (frames, random) => {
    const frame = frames[pickFrame(frames, random)] as Buffer;
    if (frame.length >= 8) frame.writeUInt16BE(pick(1_100, random), 6);
  },
  // Cut off in the middle; the rest never comes.
  (frames, random) => {
    const at = pick(frames.length, random);
    const frame = frames[at] as Buffer;
    frames.splice(at, frames.length, frame.subarray(0, pick(frame.length, random)));
  },
];

function mistaken(session: RecordedSession, random: () => number): RecordedSession {
  const frames = session.map((frame) => Buffer.from(frame));
  const mistakes = 1 + pick(2, random);
  for (let i = 0; i < mistakes && frames.length > 1; i++)
    (MISTAKES[pick(MISTAKES.length, random)] as Mistake)(frames, random);
  return frames;
}

/** Mulberry32: small, and the same everywhere. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

// ---- recording ---------------------------------------------------------------------------------------------------------

/** What one client sent on one connection: the protocol header, then every frame whole. */
type RecordedSession = readonly Buffer[];

interface RecordedHub {
  readonly gateway: AmqpGateway;
  readonly address: string;
  readonly certificate: { readonly certificate: string; readonly key: string };
  readonly deviceConnectionString: string;
  readonly hubConnectionString: string;
  readonly eventHubsConnectionString: string;
  readonly deviceId: string;
}

/** Lets the official clients do all they can, and keeps what they said, connection by connection. */
async function recordSessions(hub: RecordedHub): Promise<readonly RecordedSession[]> {
  const recordings: Buffer[][] = [];
  const sockets = new Set<TLSSocket>();
  const { certificate, key } = hub.certificate;
  const server = createServer({ cert: certificate, key }, (socket) => {
    const chunks: Buffer[] = [];
    recordings.push(chunks);
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('data', (chunk: Buffer) => chunks.push(Buffer.from(chunk)));
    hub.gateway.accept(socket, 'amqp', '127.0.0.1');
  });
  server.listen(5671, hub.address);
  await once(server, 'listening');
  await Promise.all([actAsDevice(hub), readEvents(hub)]);
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => server.close(resolve));
  return recordings.map((chunks) => framesOf(Buffer.concat(chunks)));
}

async function actAsDevice({ deviceConnectionString, hubConnectionString, deviceId }: RecordedHub): Promise<void> {
  const client = Client.fromConnectionString(deviceConnectionString, Amqp);
  const service = ServiceClient.fromConnectionString(hubConnectionString);
  await Promise.all([client.open(), service.open()]);
  await service.getFeedbackReceiver();
  client.onDeviceMethod('add', (_request, response) => void response.send(200, { sum: 3 }));
  const commands: string[] = [];
  client.on('message', (message: Message) => {
    commands.push(message.getData().toString());
    client.complete(message, () => undefined);
  });
  const twin = await client.getTwin();
  twin.on('properties.desired', () => undefined);
  await new Promise<void>((resolve, reject) =>
    twin.properties.reported.update({ firmware: '1.0', nested: { a: [1, 2] } }, (error?: Error | null) =>
      error ? reject(error) : resolve(),
    ),
  );
  const message = new Message(JSON.stringify({ t: 21 }));
  message.properties.add('level', 'high');
  message.contentType = 'application/json';
  await client.sendEvent(message);
  await client.sendEvent(new Message('two'));
  await service.send(deviceId, new Message('blink'));
  await until(() => commands.length > 0, { what: 'the command' });
  await client.close();
  await service.close();
}

async function readEvents({ eventHubsConnectionString }: RecordedHub): Promise<void> {
  const client = new EventHubConsumerClient('$Default', eventHubsConnectionString);
  let read = 0;
  const subscription = client.subscribe(
    {
      processEvents: async (events) => {
        read += events.length;
      },
      processError: async (error) => {
        throw error;
      },
    },
    { startPosition: { sequenceNumber: -1 }, maxWaitTimeInSeconds: 1 },
  );
  await until(() => read >= 2, { what: 'events', timeoutMs: 20_000 });
  await subscription.close();
  await client.close();
}

const HEADER_BYTES = 8;

function framesOf(bytes: Buffer): Buffer[] {
  const frames: Buffer[] = [];
  for (let at = 0; at < bytes.length; ) {
    const isHeader = bytes.toString('latin1', at, at + 4) === 'AMQP';
    const size = isHeader ? HEADER_BYTES : bytes.readUInt32BE(at);
    frames.push(bytes.subarray(at, at + size));
    at += size;
  }
  return frames;
}
