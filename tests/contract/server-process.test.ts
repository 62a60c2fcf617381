import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deviceClient, lowPorts, type SpawnedServer, spawnTestServer, until } from '@viaduct/testkit';
import { Message } from 'azure-iot-device';
import { Registry } from 'azure-iothub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

describe('viaduct serve, as a process', () => {
  let dataDirectory: string;
  let server: SpawnedServer;

  beforeEach(async () => {
    dataDirectory = await mkdtemp(join(tmpdir(), 'viaduct-process-'));
    server = await spawnTestServer({ dataDirectory });
  });
  afterEach(async () => {
    await server.stop();
    await rm(dataDirectory, { recursive: true });
  });

  it('writes the ready file for its owner only, and prints the link that makes the first administrator', async () => {
    expect((await stat(join(dataDirectory, 'ready.json'))).mode & 0o777).toBe(0o600);
    expect(server.ready.adminLink).not.toBeNull();
    // The text follows the file.
    await expect.poll(() => server.text).toContain(server.ready.adminLink);
  });

  it('drains on SIGTERM, ends with 0 and leaves no file that says it runs', async () => {
    expect(await server.kill('SIGTERM')).toBe(0);
    expect(existsSync(join(dataDirectory, 'server.json'))).toBe(false);
    expect(existsSync(join(dataDirectory, 'ready.json'))).toBe(false);
  });

  it.skipIf(!lowPorts)('comes back after kill -9 with every device and key, on the same address', async () => {
    const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
    const { responseBody: device } = await registry.create({ deviceId: 'survivor' });
    await server.kill('SIGKILL');
    const { address, ready } = server;

    server = await spawnTestServer({ dataDirectory, address });

    expect(server.ready.hubConnectionString).toBe(ready.hubConnectionString);
    const key = device.authentication?.symmetricKey?.primaryKey;
    const connectionString = `HostName=${address};DeviceId=survivor;SharedAccessKey=${key}`;
    const client = await deviceClient(connectionString, server.ready.caFile);
    await client.open();
    await client.sendEvent(new Message('{}'));
    await client.close();
  });

  it('refuses to start beside itself, in words and with exit code 1', async () => {
    await expect(spawnTestServer({ dataDirectory })).rejects.toThrow(/ended with 1:[\s\S]*in use by process/);
  });

  it('tells all that is wrong with its flags and ends with 2', async () => {
    const flags = ['--partitions', '0', '--log-level', 'loud'];
    await expect(spawnTestServer({ flags })).rejects.toThrow(/ended with 2:[\s\S]*--partitions[\s\S]*--log-level/);
  });
});

describe('the agent of this machine', () => {
  it('connects as a device, and leaves when its server was killed', async () => {
    const server = await spawnTestServer({ flags: ['--agent'] });
    const [agent] = await until(() => childrenOf(server.pid), { what: 'the server has an agent' });
    await until(async () => /^viaduct_sessions 1$/m.test(await metricsOf(server)), { what: 'the agent is connected' });
    const accepted = /^viaduct_messages_accepted_total\{transport="mqtt"\} [1-9]/m;
    await until(async () => accepted.test(await metricsOf(server)), { what: 'what the agent says is counted' });

    await server.kill('SIGKILL');

    await until(() => !existsSync(`/proc/${agent}`), { what: 'the agent is gone' });
    await server.stop();
  });
});

async function childrenOf(pid: number): Promise<string[] | undefined> {
  const pids = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim();
  return pids === '' ? undefined : pids.split(' ');
}

async function metricsOf({ address }: SpawnedServer): Promise<string> {
  return await (await fetch(`http://${address}:9464/metrics`)).text();
}
