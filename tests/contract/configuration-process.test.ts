import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { lowPorts, type SpawnedServer, spawnTestServer, until } from '@viaduct/testkit';
import { Registry } from 'azure-iothub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const DEVICES = 500;
/** What the client takes. */
const BULK_MAX = 100;

describe.skipIf(!lowPorts)('a configuration, and a server that is killed', () => {
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

  it('comes to all devices after kill -9 in the middle, and changes each twin once', async () => {
    const registry = () => Registry.fromConnectionString(server.ready.hubConnectionString);
    const ids = Array.from({ length: DEVICES }, (_, i) => `d${String(i).padStart(4, '0')}`);
    for (let at = 0; at < DEVICES; at += BULK_MAX) {
      await registry().addDevices(ids.slice(at, at + BULK_MAX).map((deviceId) => ({ deviceId })));
    }
    const content = { deviceContent: { 'properties.desired.rate': 60 } };
    await registry().addConfiguration({ id: 'c1', schemaVersion: '2.0', content, targetCondition: '*' });
    const applied = async () => {
      const { systemMetrics } = (await registry().getConfiguration('c1')).responseBody;
      return systemMetrics?.results?.appliedCount ?? 0;
    };
    const before = await until(async () => (await applied()) || undefined, { everyMs: 1, what: 'the first devices' });
    await server.kill('SIGKILL');
    expect(before).toBeLessThan(DEVICES);

    server = await spawnTestServer({ dataDirectory, address: server.address });
    await until(async () => (await applied()) === DEVICES, { timeoutMs: 20_000, everyMs: 100, what: 'all devices' });

    const versions = new Set<string>();
    const query = registry().createQuery('SELECT properties.desired FROM devices', DEVICES);
    for (const row of (await query.next()).result as { desired: { $version: number; rate: number } }[]) {
      versions.add(`${row.desired.rate} ${row.desired.$version}`);
    }
    expect([...versions]).toEqual(['60 2']);
  });
});
