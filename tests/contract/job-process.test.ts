import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ContainerClient } from '@azure/storage-blob';
import { parseConnectionString } from '@viaduct/contracts';
import { signSas } from '@viaduct/hub';
import { lowPorts, type SpawnedServer, spawnTestServer, until } from '@viaduct/testkit';
import { JobClient, Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** A server that is killed in the middle of a job, as its users run it. */
const DEVICES = 300;
const PER_SECOND = 150;

const FLAGS = ['--job-devices-per-second', String(PER_SECOND)];
/** What the client takes. */
const BULK_MAX = 100;

let dataDirectory: string;
let server: SpawnedServer;
beforeAll(async () => {
  dataDirectory = await mkdtemp(join(tmpdir(), 'viaduct-process-'));
  server = await spawnTestServer({ dataDirectory, flags: FLAGS });
});
afterAll(async () => {
  await server.stop();
  await rm(dataDirectory, { recursive: true });
});

const registry = () => Registry.fromConnectionString(server.ready.hubConnectionString);
const jobs = () => JobClient.fromConnectionString(server.ready.hubConnectionString);

/** Dead at once, and started anew on the same folder and address. */
async function killed(): Promise<void> {
  const { address } = server;
  await server.kill('SIGKILL');
  server = await spawnTestServer({ address, dataDirectory, flags: FLAGS });
}

interface JobStatus {
  readonly status: string;
  readonly deviceJobStatistics: Readonly<Record<string, number>>;
}

async function ask<T>(method: string, path: string, headers: Record<string, string> = {}) {
  const { HostName = '', SharedAccessKey = '' } = parseConnectionString(server.ready.hubConnectionString);
  const authorization = signSas(HostName, SharedAccessKey, Math.floor(Date.now() / 1_000) + 60, 'iothubowner');
  const answer = await fetch(`https://${HostName}${path}`, { method, headers: { ...headers, authorization } });
  return { value: (await answer.json()) as T, continuation: answer.headers.get('x-ms-continuation') };
}

async function outcomes(jobId: string): Promise<{ deviceId: string; status: string }[]> {
  const found: { deviceId: string; status: string }[] = [];
  let continuation: string | null = '';
  while (continuation !== null) {
    const page: { value: typeof found; continuation: string | null } = await ask(
      'GET',
      `/jobs/v2/${jobId}/devices`,
      continuation === '' ? {} : { 'x-ms-continuation': continuation },
    );
    found.push(...page.value);
    continuation = page.continuation;
  }
  return found;
}

describe.skipIf(!lowPorts)('a server that is killed', () => {
  it('goes on with its job: every device is done, and has exactly one outcome', async () => {
    const ids = Array.from({ length: DEVICES }, (_, i) => `job-${String(i).padStart(3, '0')}`);
    for (let at = 0; at < DEVICES; at += BULK_MAX) {
      await registry().addDevices(ids.slice(at, at + BULK_MAX).map((deviceId) => ({ deviceId })));
    }
    const status = async () => (await jobs().getJob('killed')).jobStatus as JobStatus;
    const hasDone = async (least: number) => {
      const job = await status();
      return (job.deviceJobStatistics.succeededCount ?? 0) >= least ? job : undefined;
    };
    await jobs().scheduleTwinUpdate('killed', '*', { properties: { desired: { level: 7 } } }, new Date(), 300);
    const before = await until(() => hasDone(PER_SECOND), { what: 'the first devices', timeoutMs: 20_000 });
    expect(before).toMatchObject({ status: 'running', deviceJobStatistics: { deviceCount: DEVICES } });
    await killed();
    const after = await until(() => hasDone(DEVICES), { what: 'the last device', timeoutMs: 30_000 });
    expect(after.deviceJobStatistics).toMatchObject({ deviceCount: DEVICES, succeededCount: DEVICES, failedCount: 0 });
    await until(async () => ((await status()).status === 'completed' ? true : undefined));

    expect(await outcomes('killed')).toMatchObject(ids.map((deviceId) => ({ deviceId, status: 'completed' })));
    const twins = registry().createQuery('SELECT * FROM devices WHERE properties.desired.level = 7', DEVICES);
    expect((await twins.nextAsTwin()).result).toHaveLength(DEVICES);
  });

  it('goes on with its import, and every line is in the registry', async () => {
    const lines = 4_000;
    const { containerUri } = (await ask<{ containerUri: string }>('POST', '/jobs/container')).value;
    const content = Array.from({ length: lines }, (_, i) => `{"id":"line-${i}","tags":{"n":${i}}}`).join('\n');
    await new ContainerClient(containerUri).getBlockBlobClient('devices.txt').upload(content, content.length);
    const { jobId } = (await registry().importDevicesFromBlob(containerUri, containerUri)) as unknown as {
      jobId: string;
    };
    const job = async () => (await registry().getJob(jobId)) as unknown as Record<string, number | string>;
    await until(async () => (Number((await job()).completedCount) > 0 ? true : undefined), { timeoutMs: 20_000 });
    await killed();
    expect(Number((await job()).completedCount)).toBeLessThan(lines);
    const ended = async () => ((await job()).status === 'completed' ? await job() : undefined);
    const done = await until(ended, { what: 'the end of the import', timeoutMs: 60_000 });
    expect(done).toMatchObject({ completedCount: lines, failedCount: 0, progress: 100 });
    const { totalDeviceCount } = (await registry().getRegistryStatistics()).responseBody;
    expect(totalDeviceCount).toBe(DEVICES + lines);
  });
});
