import { ContainerClient } from '@azure/storage-blob';
import { createDevice, patchTwin } from '@viaduct/hub';
import { deviceClient, startTestServer, type TestServer, until } from '@viaduct/testkit';
import { JobClient, Registry } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { askHub } from './sdk/ask-hub.ts';
import { proves } from './sdk/operations.ts';

/** Jobs over devices, and import and export of the registry, with the unmodified service and storage clients. */
let server: TestServer;
let elsewhere: TestServer;
let jobs: JobClient;
let registry: Registry;

beforeAll(async () => {
  [server, elsewhere] = await Promise.all([startTestServer(), startTestServer()]);
  jobs = JobClient.fromConnectionString(server.ready.hubConnectionString);
  registry = Registry.fromConnectionString(server.ready.hubConnectionString);
});
afterAll(async () => {
  await server.stop();
  await elsewhere.stop();
});

/** As far as these tests read it; the client types it as whatever the service says. */
interface JobStatus {
  readonly jobId: string;
  readonly type: string;
  readonly status: string;
  readonly queryCondition: string;
  readonly failureReason?: string;
  readonly deviceJobStatistics: Readonly<Record<string, number>>;
}

const of = ({ jobStatus }: { jobStatus: unknown }) => jobStatus as JobStatus;

async function ended(jobId: string): Promise<JobStatus> {
  const hasEnded = async () => {
    const job = of(await jobs.getJob(jobId));
    const { pendingCount = 0, runningCount = 0 } = job.deviceJobStatistics;
    return /^(completed|failed|cancelled)$/.test(job.status) && pendingCount + runningCount === 0 ? job : undefined;
  };
  return until(hasEnded, { what: `the end of ${jobId}`, timeoutMs: 20_000 });
}

async function fleet(name: string, count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `${name}-${i}`);
  for (const deviceId of ids) {
    await createDevice(server.hub, { deviceId });
    await patchTwin(server.hub, { deviceId }, { tags: { fleet: name } });
  }
  return ids;
}

const inAnHour = () => new Date(Date.now() + 3_600_000);

describe('azure-iothub · HTTPS · shared access policy', () => {
  it('job: changes twins of the devices that fit a condition', async ({ task }) => {
    proves(task, 'jobs.create_scheduled_job', 'jobs.get_scheduled_job');
    const [first = ''] = await fleet('twins', 12);
    const patch = { etag: '*', properties: { desired: { interval: 60 } }, tags: { done: true } };
    const made = of(await jobs.scheduleTwinUpdate('twins', "tags.fleet = 'twins'", patch, new Date(), 300));
    expect(made).toMatchObject({ jobId: 'twins', type: 'scheduleUpdateTwin', queryCondition: "tags.fleet = 'twins'" });
    expect(await ended('twins')).toMatchObject({
      status: 'completed',
      deviceJobStatistics: { deviceCount: 12, succeededCount: 12, failedCount: 0, runningCount: 0, pendingCount: 0 },
    });
    const twin = (await registry.getTwin(first)).responseBody;
    expect([twin.tags, twin.properties.desired.interval]).toEqual([{ fleet: 'twins', done: true }, 60]);
  });

  it('job: calls a method on devices that are there, and says which are not', async () => {
    const ids = await fleet('methods', 3);
    const { connectionString } = await server.createDevice('methods-online');
    await patchTwin(server.hub, { deviceId: 'methods-online' }, { tags: { fleet: 'methods' } });
    const device = await deviceClient(connectionString, server.caFile);
    await device.open();
    device.onDeviceMethod('blink', (request, response) => void response.send(200, { echo: request.payload }));
    await until(async () => server.hub.sessions.find({ deviceId: 'methods-online' })?.listensForMethods || undefined);
    const call = { methodName: 'blink', payload: { times: 3 }, responseTimeoutInSeconds: 10 };
    await jobs.scheduleDeviceMethod('methods', "tags.fleet = 'methods'", call, new Date(), 60);
    expect(await ended('methods')).toMatchObject({
      status: 'completed',
      deviceJobStatistics: { deviceCount: 4, succeededCount: 1, failedCount: 3 },
    });
    const outcomes = (await askHub(server, 'GET', '/jobs/v2/methods/devices')).json as Record<string, unknown>[];
    expect(outcomes).toMatchObject([
      ...ids.map((deviceId) => ({ deviceId, status: 'failed', error: { code: 'DeviceNotOnline' } })),
      {
        deviceId: 'methods-online',
        status: 'completed',
        outcome: { deviceMethodResponse: { status: 200, payload: { echo: { times: 3 } } } },
      },
    ]);
    await device.close();
  });

  it('job: waits for its time, is cancelled, and is refused under the same id', async ({ task }) => {
    proves(task, 'jobs.cancel_scheduled_job');
    const schedule = () => jobs.scheduleTwinUpdate('later', '*', { tags: { never: 1 } }, inAnHour(), 60);
    expect(of(await schedule()).status).toBe('scheduled');
    await expect(schedule()).rejects.toMatchObject({ responseBody: expect.stringContaining('JobAlreadyExists') });
    expect(of(await jobs.cancelJob('later')).status).toBe('cancelled');
    expect(await ended('later')).toMatchObject({ status: 'cancelled', deviceJobStatistics: { deviceCount: 0 } });
    await expect(jobs.getJob('no-such-job')).rejects.toMatchObject({
      responseBody: expect.stringContaining('JobNotFound'),
    });
  });

  it('job: found by type and state, page by page', async ({ task }) => {
    proves(task, 'jobs.query_scheduled_jobs');
    for (let i = 0; i < 5; i++) await jobs.scheduleTwinUpdate(`q${i}`, '*', { tags: { q: i } }, inAnHour(), 60);
    await jobs.scheduleDeviceMethod('q-method', '*', { methodName: 'x' }, inAnHour(), 60);
    const query = jobs.createQuery('scheduleUpdateTwin', 'scheduled', 2);
    const found: string[] = [];
    while (query.hasMoreResults) {
      const { result } = await query.next(query.continuationToken);
      found.push(...(result as unknown as JobStatus[]).map(({ jobId }) => jobId));
    }
    expect(found).toEqual(['q4', 'q3', 'q2', 'q1', 'q0']);
    for (const jobId of [...found, 'q-method']) await jobs.cancelJob(jobId);
  });

  it('job: a condition that is none is refused with the place', async () => {
    const scheduling = jobs.scheduleTwinUpdate('bad', 'tags.x = ', { tags: {} }, new Date(), 60);
    await expect(scheduling).rejects.toMatchObject({
      responseBody: expect.stringMatching(/at character \d+|at its end/),
    });
  });

  it("registry: exported to the hub's own container, removed, and imported as it was", async ({ task }) => {
    proves(
      task,
      'jobs.create_import_export_job',
      'jobs.get_import_export_job',
      'jobs.get_import_export_jobs',
      'jobs.cancel_import_export_job',
    );
    const ids = await fleet('moved', 30);
    const { containerUri } = (await askHub(server, 'POST', '/jobs/container')).json as { containerUri: string };
    const container = new ContainerClient(containerUri);
    const exported = await transferred(server, await registry.exportDevicesToBlob(containerUri, false));
    expect(exported).toMatchObject({ type: 'export', status: 'completed', progress: 100 });
    const lines = (await container.getBlobClient('devices.txt').downloadToBuffer()).toString().trim().split('\n');
    expect(lines.map((line) => JSON.parse(line).id).filter((id) => id.startsWith('moved-'))).toHaveLength(30);

    const keys = await keysOf(ids);
    await registry.removeDevices(
      ids.map((deviceId) => ({ deviceId })),
      true,
    );
    const imported = await transferred(server, await registry.importDevicesFromBlob(containerUri, containerUri));
    expect(imported).toMatchObject({ type: 'import', status: 'completed', failedCount: 0 });
    expect(await keysOf(ids)).toEqual(keys);
    expect((await registry.getTwin(ids[0] ?? '')).responseBody.tags).toEqual({ fleet: 'moved' });
    const log = await container.getBlobClient('importErrors.log').downloadToBuffer();
    expect(log).toHaveLength(0);

    const listed = (await registry.listJobs()).responseBody as unknown as { jobId: string }[];
    expect(listed.map(({ jobId }) => jobId).slice(0, 2)).toEqual([imported.jobId, exported.jobId]);
    await registry.cancelJob(imported.jobId);
    expect(await transferred(server, imported)).toMatchObject({ status: 'completed' });
    for await (const blob of container.listBlobsFlat()) await container.deleteBlob(blob.name);
  });

  it('registry: keys are left out of an export that is asked to, and lines that are refused are in the log', async () => {
    const { containerUri } = (await askHub(server, 'POST', '/jobs/container')).json as { containerUri: string };
    const container = new ContainerClient(containerUri);
    await transferred(server, await registry.exportDevicesToBlob(containerUri, true));
    const text = (await container.getBlobClient('devices.txt').downloadToBuffer()).toString();
    expect(text).toContain('"primaryKey":null');
    expect(text).not.toMatch(/"primaryKey":"/);
    const lines = ['{"id":"lines-1"}', 'no JSON', '{"id":"lines-1","importMode":"create"}'].join('\n');
    await container.getBlockBlobClient('devices.txt').upload(lines, lines.length);
    const imported = await transferred(server, await registry.importDevicesFromBlob(containerUri, containerUri));
    expect(imported).toMatchObject({ status: 'completed', failedCount: 2, completedCount: 1 });
    const log = (await container.getBlobClient('importErrors.log').downloadToBuffer()).toString().trim().split('\n');
    expect(log.map((line) => JSON.parse(line))).toMatchObject([
      { line: 2, errorCode: 'IotHubFormatError' },
      { line: 3, deviceId: 'lines-1', errorCode: 'DeviceAlreadyExists' },
    ]);
  });

  it('registry: exported to a container of another service, and imported from there', async () => {
    await fleet('abroad', 3);
    const { containerUri } = (await askHub(elsewhere, 'POST', '/jobs/container')).json as { containerUri: string };
    expect(await transferred(server, await registry.exportDevicesToBlob(containerUri, false))).toMatchObject({
      status: 'completed',
      outputBlobContainerUri: expect.not.stringContaining('sig='),
    });
    const there = Registry.fromConnectionString(elsewhere.ready.hubConnectionString);
    await transferred(elsewhere, await there.importDevicesFromBlob(containerUri, containerUri));
    const original = (await registry.get('abroad-1')).responseBody.authentication;
    expect((await there.get('abroad-1')).responseBody.authentication).toEqual(original);
    expect(await transferred(server, await registry.importDevicesFromBlob(containerUri, containerUri))).toMatchObject({
      status: 'completed',
      failedCount: 0,
    });
  });

  it('registry: a container that does not open fails the job in words, without its secret', async () => {
    const { containerUri } = (await askHub(elsewhere, 'POST', '/jobs/container')).json as { containerUri: string };
    const forged = containerUri.replace(/sig=[^&]+/, `sig=${'A'.repeat(43)}%3D`);
    const failed = await transferred(server, await registry.exportDevicesToBlob(forged, false));
    expect(failed).toMatchObject({
      status: 'failed',
      failureReason: expect.stringContaining(elsewhere.ready.hostName),
    });
    expect(JSON.stringify(failed)).not.toContain('AAAAAAAA');
    await expect(registry.exportDevicesToBlob('http://storage.example/c?sig=x', false)).rejects.toThrow();
    await expect(registry.exportDevicesToBlobByIdentity(containerUri, false)).rejects.toThrow();
  });
});

interface Transfer {
  readonly jobId: string;
  readonly status: string;
}

/** The job when it has ended. */
async function transferred(at: TestServer, job: unknown): Promise<Transfer> {
  const { jobId } = job as Transfer;
  const client = Registry.fromConnectionString(at.ready.hubConnectionString);
  const hasEnded = async () => {
    const current = (await client.getJob(jobId)) as unknown as Transfer;
    return /^(completed|failed|cancelled)$/.test(current.status) ? current : undefined;
  };
  return until(hasEnded, { what: `the end of ${jobId}`, timeoutMs: 20_000 });
}

async function keysOf(ids: readonly string[]): Promise<unknown[]> {
  return Promise.all(ids.map(async (id) => (await registry.get(id)).responseBody.authentication));
}
