import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { LIMITS } from '@viaduct/contracts';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { Attacker, freshAddress, type ListenerName, Neighbour, refusalsFrom } from './attacker.ts';

/**
 * Peers that take their time: each holds a socket and says next to nothing. All begin together and are waited for together, for
 * the bounds are as long as honest devices on bad lines need.
 */
let server: TestServer;
let neighbour: Neighbour;
let timer: NodeJS.Timeout;
const dribblers: { readonly what: string; readonly attacker: Attacker; readonly drop: () => string }[] = [];
const silentSockets: { readonly listener: ListenerName; isClosed: boolean }[] = [];
let webSocket: { readonly address: string; isClosed: boolean };

const DRIBBLE_MS = 2_000;
/** The longest bound, and the rounds in which it is looked at. */
const GONE_MS_MAX =
  (Math.max(LIMITS.MQTT_CONNECT_SECONDS_MAX, LIMITS.AMQP_OPEN_SECONDS_MAX, LIMITS.HTTP_REQUEST_SECONDS_MAX) + 35) *
  1_000;

beforeAll(async () => {
  server = await startTestServer();
  neighbour = await Neighbour.connect(server);
  const start = async (what: string, listener: ListenerName, first: string | Buffer, drop: () => string) => {
    const attacker = await Attacker.open(server, listener);
    attacker.say(first);
    dribblers.push({ what, attacker, drop });
  };
  // A CONNECT of 200 bytes, of which one arrives now and then.
  await start('mqtt: a CONNECT byte by byte', 'mqtt', Buffer.from([0x10, 0xc8, 0x01]), () => '\0');
  await start('mqtt: nothing at all', 'mqtt', '', () => '');
  await start('amqp: a header byte by byte', 'amqp', 'AM', () => '');
  await start(
    'amqp: an open byte by byte',
    'amqp',
    Buffer.from('414d515000010000000000c8020000000000', 'hex'),
    () => '\0',
  );
  await start('https: a head line by line', 'https', 'GET / HTTP/1.1\r\n', () => 'X-A: b\r\n');
  await start(
    'https: a body byte by byte',
    'https',
    `POST /devices/d/messages/events?api-version=2021-04-12 HTTP/1.1\r\nHost: ${server.ready.hostName}\r\nContent-Length: 5000\r\n\r\n`,
    () => 'x',
  );
  for (const listener of ['mqtt', 'amqp', 'https'] as const) await openWithoutHandshake(listener);
  await openSilentWebSocket();
  timer = setInterval(() => {
    for (const { attacker, drop } of dribblers) attacker.say(drop());
  }, DRIBBLE_MS);
});
afterAll(async () => {
  clearInterval(timer);
  neighbour.close();
  await server.stop();
});

/** TCP is there, TLS never comes. */
async function openWithoutHandshake(listener: ListenerName): Promise<void> {
  const { ready } = server;
  const socket = connectTcp({ host: ready.hostName, port: ready.ports[listener], localAddress: freshAddress() });
  const facts = { listener, isClosed: false };
  silentSockets.push(facts);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    facts.isClosed = true;
  });
  socket.on('end', () => socket.destroy());
  await once(socket, 'connect');
  socket.write(Buffer.from([0x16, 0x03, 0x01]));
}

async function openSilentWebSocket(): Promise<void> {
  const { ready } = server;
  const address = freshAddress();
  const socket = new WebSocket(`wss://${ready.hostName}:${ready.ports.https}/$iothub/websocket`, 'mqtt', {
    localAddress: address,
  });
  webSocket = { address, isClosed: false };
  socket.on('close', () => {
    webSocket.isClosed = true;
  });
  await once(socket, 'open');
}

describe('slow peers', () => {
  it('are all hung up on within the bounds, while a neighbour goes on', { timeout: GONE_MS_MAX + 20_000 }, async () => {
    let rounds = 0;
    const allGone = () =>
      dribblers.every(({ attacker }) => attacker.isClosed || attacker.socket.readableEnded) &&
      silentSockets.every(({ isClosed }) => isClosed) &&
      webSocket.isClosed;
    await until(
      async () => {
        if (rounds++ % 20 === 0) await neighbour.expectUnaffected();
        return allGone();
      },
      {
        timeoutMs: GONE_MS_MAX,
        everyMs: 100,
        what: `the end of all of: ${dribblers.map(({ what }) => what).join(', ')}`,
      },
    ).catch((error: unknown) => {
      const left = dribblers
        .filter(({ attacker }) => !(attacker.isClosed || attacker.socket.readableEnded))
        .map(({ what }) => what);
      const silent = silentSockets.filter(({ isClosed }) => !isClosed).map(({ listener }) => `${listener} without TLS`);
      throw new Error(`still there: ${[...left, ...silent, webSocket.isClosed ? '' : 'WebSocket'].join(', ')}`, {
        cause: error,
      });
    });
    await neighbour.expectUnaffected();
  });

  it('are booked once each, where there was a handshake', async () => {
    for (const { what, attacker } of dribblers) {
      if (what.startsWith('https')) continue;
      const refusals = await refusalsFrom(server, attacker.address);
      expect(
        refusals.map(({ count }) => count),
        what,
      ).toEqual([1]);
    }
    expect(await refusalsFrom(server, webSocket.address)).toHaveLength(1);
  });
});

describe('half-open connections', () => {
  it.each(['mqtt', 'amqp', 'https'] as const)('%s: a peer that has said its last is let go', async (listener) => {
    const attacker = await Attacker.open(server, listener);
    attacker.socket.end();
    await attacker.untilClosed();
    await neighbour.expectUnaffected();
  });
});
