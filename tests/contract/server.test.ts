import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deviceClient, lowPorts, RawMqtt, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Message } from 'azure-iot-device';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';

const hasOpenssl = spawnSync('openssl', ['version']).status === 0;

describe('a server', () => {
  let server: TestServer;

  beforeAll(async () => {
    server = await startTestServer();
  });
  afterAll(() => server.stop());

  it('tells scripts everything in a file of its own, readable by its owner only', async () => {
    const file = join(server.dataDirectory, 'server.json');
    const ready = JSON.parse(await readFile(file, 'utf8'));

    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(ready).toMatchObject({
      hostName: server.address,
      hubConnectionString: expect.stringContaining(`HostName=${server.address};SharedAccessKeyName=iothubowner;`),
      eventHubsConnectionString: expect.stringMatching(/^Endpoint=sb:\/\/.*;EntityPath=.+/),
      provisioning: {
        idScope: expect.stringMatching(/^0ne[0-9A-F]{8}$/),
        serviceConnectionString: expect.stringContaining(
          `HostName=${server.address};SharedAccessKeyName=provisioningserviceowner;`,
        ),
        deviceEndpoint: server.address,
      },
      adminLink: expect.stringContaining('/console/setup?token='),
      pid: process.pid,
    });
    expect(server.text).toContain(`id scope ${ready.provisioning.idScope}`);
    expect(await readFile(ready.caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
  });

  it('presents a certificate that its root signed, on every listener', async () => {
    const mqtt = await RawMqtt.open(server.ready);
    const amqp = await RawMqtt.open({
      ...server.ready,
      ports: { ...server.ready.ports, mqtt: server.ready.ports.amqp },
    });

    expect([mqtt.socket.authorized, amqp.socket.authorized]).toEqual([true, true]);
    mqtt.close();
    amqp.close();
  });

  it('tells where the console is to whoever opens its address', async () => {
    const { status, headers } = await get(server, '/');
    expect([status, headers.location]).toEqual([302, '/console/']);
  });

  it('answers monitoring on a port of its own', async () => {
    const metrics = await fetch(`http://${server.address}:9464/metrics`);
    const text = await metrics.text();
    expect(text).toMatch(/^viaduct_log_available 1$/m);
    expect(text).toMatch(/^viaduct_queries_total\{outcome="answered"\} \d+$/m);
    expect((await fetch(`http://${server.address}:9464/readyz`)).status).toBe(200);
  });

  it('carries telemetry of the official client over TLS', async () => {
    const device = await server.createDevice();
    const client = await deviceClient(device.connectionString, server.caFile);
    await client.open();
    const before = recordCount(server);
    await client.sendEvent(new Message('{"temperature":21.5}'));
    expect(recordCount(server)).toBe(before + 1);
    await client.close();
  });

  it.skipIf(!lowPorts)('carries telemetry of the official client over a WebSocket', async () => {
    const device = await server.createDevice();
    const client = await deviceClient(device.connectionString, server.caFile, 'mqtt-ws');
    await client.open();
    const before = recordCount(server);
    await client.sendEvent(new Message('{"temperature":21.5}'));
    expect(recordCount(server)).toBe(before + 1);
    await client.close();
  });

  it('echoes a WebSocket sub-protocol as it was spelled, on an encoded path too', async () => {
    for (const [path, protocol] of [
      ['/$iothub/websocket', 'MQTT'],
      ['/%24iothub/websocket?iothub-no-client-cert=true', 'mqtt'],
      ['/$servicebus/websocket/', 'AMQPWSB10'],
    ] as const) {
      const socket = await openWebSocket(server, path, protocol);
      expect(socket.protocol).toBe(protocol);
      socket.terminate();
    }
  });

  it('refuses a WebSocket that no gateway speaks, and says which ones there are', async () => {
    await expect(openWebSocket(server, '/$iothub/websocket', 'soap')).rejects.toThrow(/400/);
    await expect(openWebSocket(server, '/elsewhere', 'mqtt')).rejects.toThrow(/404/);
  });

  it.skipIf(!hasOpenssl)('books a client that says it does not trust the certificate', async () => {
    const target = `${server.address}:${server.ready.ports.mqtt}`;
    await once(spawn('openssl', ['s_client', '-connect', target, '-verify_return_error']), 'exit');
    const refusal = await until(
      async () => (await server.hub.refusals.list(null)).find(({ code }) => code === 'tls.untrusted'),
      { what: 'the refusal is in the book' },
    );
    expect(refusal).toMatchObject({ transport: 'mqtt', remoteAddress: expect.stringMatching(/^127\./) });
  });

  it('refuses to share its data folder', async () => {
    await expect(startTestServer({ dataDirectory: server.dataDirectory })).rejects.toThrow(/in use by process \d+/);
  });

  it('names who is in the way when its port is taken', async () => {
    await expect(startTestServer({ address: server.address })).rejects.toThrow(/8883 is in use by .*\(process \d+\)/);
  });
});

describe('a server that is stopped and started again', () => {
  it('keeps its devices, keys, certificate and offsets', async () => {
    const server = await startTestServer();
    const device = await server.createDevice('keeper');
    const { hubConnectionString } = server.ready;
    const certificate = await readFile(join(server.dataDirectory, 'tls/server.pem'), 'utf8');
    const before = recordCount(server);

    await server.restart();

    expect(server.ready.hubConnectionString).toBe(hubConnectionString);
    expect(await readFile(join(server.dataDirectory, 'tls/server.pem'), 'utf8')).toBe(certificate);
    expect(recordCount(server)).toBe(before);
    const client = await deviceClient(device.connectionString, server.caFile);
    await client.open();
    await client.close();
    await server.stop();
  });

  it('removes the file that says it runs', async () => {
    const server = await startTestServer({ dataDirectory: await mkdtemp(join(tmpdir(), 'viaduct-test-')) });
    await server.stop();
    await expect(stat(join(server.dataDirectory, 'server.json'))).rejects.toThrow(/ENOENT/);
    await rm(server.dataDirectory, { recursive: true });
  });
});

function recordCount({ hub }: TestServer): number {
  let count = 0;
  for (let partition = 0; partition < hub.eventPartitions; partition++) count += hub.log.bounds(partition).next;
  return count;
}

async function get(server: TestServer, path: string) {
  const ca = await readFile(server.caFile, 'utf8');
  const { https: port } = server.ready.ports;
  return await new Promise<{ status: number; headers: IncomingHttpHeaders }>((resolve, reject) => {
    request({ host: server.address, port, path, ca, agent: false }, (response) => {
      response.resume();
      resolve({ status: response.statusCode ?? 0, headers: response.headers });
    })
      .on('error', reject)
      .end();
  });
}

async function openWebSocket(server: TestServer, path: string, protocol: string): Promise<WebSocket> {
  const ca = await readFile(server.caFile, 'utf8');
  const socket = new WebSocket(`wss://${server.address}:${server.ready.ports.https}${path}`, protocol, { ca });
  return await new Promise((resolve, reject) => {
    socket.once('open', () => resolve(socket)).once('error', reject);
  });
}
