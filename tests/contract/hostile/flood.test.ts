import { readFileSync } from 'node:fs';
import { connect as connectTcp } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { deviceConnectionString } from '@viaduct/contracts';
import { deviceClient, type SpawnedServer, spawnTestServer, until } from '@viaduct/testkit';
import { type Client, Message } from 'azure-iot-device';
import { Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

/** Floods against a server in a process of its own, so that its memory is its own too. */
let server: SpawnedServer;
let neighbour: Client;
beforeAll(async () => {
  server = await spawnTestServer();
  const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
  const { responseBody } = await registry.create({ deviceId: 'neighbour' });
  const key = responseBody.authentication?.symmetricKey?.primaryKey ?? '';
  const connectionString = deviceConnectionString(server.ready.hostName, 'neighbour', key);
  neighbour = await deviceClient(connectionString, server.ready.caFile);
  await neighbour.open();
});
afterAll(async () => {
  await neighbour.close();
  await server.stop();
});

/** Room for garbage that is not collected yet; what an attacker can make the server keep is far above. */
const MB_MORE_MAX = 250;

function residentMb(): number {
  const status = readFileSync(`/proc/${server.pid}/status`, 'utf8');
  return Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1_024;
}

async function expectBounded(before: number): Promise<void> {
  await neighbour.sendEvent(new Message('still here'));
  await until(() => residentMb() < before + MB_MORE_MAX, {
    timeoutMs: 30_000,
    what: `less than ${MB_MORE_MAX} MB more than ${before} MB (now ${residentMb()})`,
  });
}

describe('floods', () => {
  it('10,000 connections in a burst that never get to TLS: memory is bounded and a device goes on', {
    timeout: 120_000,
  }, async () => {
    const before = residentMb();
    const startedAt = performance.now();
    let [opened, failed, going] = [0, 0, 0];
    for (let i = 0; i < 10_000; i++) {
      const socket = connectTcp({
        host: server.ready.hostName,
        port: server.ready.ports.mqtt,
        // Ports of one address run out.
        localAddress: `127.251.${(i >> 8) & 0xff}.${i & 0xff || 1}`,
      });
      going++;
      socket.on('connect', () => {
        opened++;
        socket.destroy();
      });
      socket.on('error', () => {
        failed++;
      });
      socket.on('close', () => {
        going--;
      });
      if (going > 500) await until(() => going < 250, { timeoutMs: 30_000, everyMs: 1 });
    }
    await until(() => going === 0, { timeoutMs: 60_000 });
    const perSecond = (opened / (performance.now() - startedAt)) * 1_000;
    console.log(`${opened} connections opened, ${failed} failed, ${Math.round(perSecond)} per second`);
    expect(opened).toBeGreaterThan(9_000);
    await expectBounded(before);
  });

  it('packets of the greatest size from many who never finish them: memory is bounded', {
    timeout: 120_000,
  }, async () => {
    const before = residentMb();
    const { connect } = await import('node:tls');
    const sockets = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const socket = connect({
          host: server.ready.hostName,
          port: server.ready.ports.amqp,
          ca: readFileSync(server.ready.caFile),
        });
        socket.on('error', () => socket.destroy());
        await new Promise((resolve) => socket.once('secureConnect', resolve));
        // A frame of all that was offered, of which the last byte never comes.
        socket.write(
          Buffer.concat([
            Buffer.from('414d515000010000', 'hex'),
            Buffer.from('0001000002000000', 'hex'),
            Buffer.alloc(65_527),
          ]),
        );
        return socket;
      }),
    );
    await wait(500);
    await expectBounded(before);
    for (const socket of sockets) socket.destroy();
  });

  it('a WebSocket message in endless fragments is cut off', { timeout: 60_000 }, async () => {
    const before = residentMb();
    const { hostName, ports } = server.ready;
    const socket = new WebSocket(`wss://${hostName}:${ports.https}/$iothub/websocket`, 'mqtt');
    let isClosed = false;
    socket.on('close', () => {
      isClosed = true;
    });
    socket.on('error', () => {
      isClosed = true;
    });
    await new Promise((resolve) => socket.once('open', resolve));
    const piece = Buffer.alloc(16_384);
    for (let i = 0; i < 1_000 && !isClosed; i++) {
      await new Promise<void>((resolve) => socket.send(piece, { fin: false }, () => resolve()));
    }
    await until(() => isClosed, { what: 'the WebSocket is cut off' });
    await expectBounded(before);
  });

  it('an MQTT packet in WebSocket fragments of one byte is understood', async () => {
    const { hostName, ports } = server.ready;
    const socket = new WebSocket(`wss://${hostName}:${ports.https}/$iothub/websocket`, 'mqtt');
    const received: Buffer[] = [];
    socket.on('message', (data: Buffer) => received.push(data));
    await new Promise((resolve) => socket.once('open', resolve));
    const { generate } = await import('mqtt-packet');
    const packet = generate({
      cmd: 'connect',
      ...{ protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 60, clientId: 'nobody' },
      username: `${hostName}/nobody/?api-version=2021-04-12`,
      password: Buffer.from('SharedAccessSignature sr=a&sig=b&se=1'),
    });
    for (let i = 0; i < packet.length; i++) socket.send(packet.subarray(i, i + 1), { fin: i === packet.length - 1 });
    // Refused, for there is no such device; but read.
    await until(() => received.length > 0, { what: 'CONNACK' });
    expect(Buffer.concat(received)).toEqual(Buffer.from([0x20, 2, 0, 5]));
    socket.terminate();
  });
});
