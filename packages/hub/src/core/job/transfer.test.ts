import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import { JOBS_CONTAINER } from '../file/blob-name.ts';
import type { JobRecord, TransferWork } from '../ports.ts';
import { createDevice } from '../registry/create-device.ts';
import { getDevice } from '../registry/get-device.ts';
import { updateDevice } from '../registry/update-device.ts';
import { getTwin } from '../twin/get-twin.ts';
import { patchTwin } from '../twin/patch-twin.ts';
import { cancelJob } from './cancel-job.ts';
import { getJob } from './get-job.ts';
import { JobRunner } from './job-runner.ts';
import { JobSweeper } from './job-sweeper.ts';
import { signOwnContainer } from './open-container.ts';
import { startTransfer } from './start-transfer.ts';

let hub: TemporaryHub;
let runner: JobRunner;
let containerUri: string;
const faults: unknown[] = [];

beforeEach(async () => {
  hub = await temporaryHub();
  faults.length = 0;
  runner = newRunner();
  ({ containerUri } = signOwnContainer(hub));
});
afterEach(async () => {
  await runner.close();
  await hub.close();
  expect(faults).toEqual([]);
});

const newRunner = () => new JobRunner(hub, { intervalMs: 3_600_000, onFault: (fault) => faults.push(fault) });
const fileNamed = (blobName: string) => ({ containerUri, blobName });
const importWork = (): TransferWork => ({ type: 'import', input: fileNamed('in'), output: fileNamed('errors') });
const exportWork = (excludeKeys = false): TransferWork => ({ type: 'export', output: fileNamed('out'), excludeKeys });

async function put(name: string, content: string | Buffer): Promise<void> {
  const chunks = (async function* () {
    yield Buffer.from(content);
  })();
  const none = { contentType: null, contentEncoding: null, contentLanguage: null };
  const headers = { ...none, contentDisposition: null, cacheControl: null, contentMd5: null };
  await hub.blobs.put(
    { container: JOBS_CONTAINER, name },
    { chunks, bytes: undefined, md5: undefined },
    { headers, metadata: {} },
  );
}

async function linesOf(name: string): Promise<Record<string, unknown>[]> {
  const opened = await hub.blobs.open({ container: JOBS_CONTAINER, name });
  const text = Buffer.concat((await opened?.stream.toArray()) ?? []).toString('utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

async function run(work: TransferWork): Promise<JobRecord> {
  const { jobId } = await startTransfer(hub, work);
  await runner.untilIdle();
  return getJob(hub, jobId);
}

async function importLines(...lines: (object | string)[]): Promise<JobRecord> {
  await put('in', lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n'));
  return run(importWork());
}

describe('an export', () => {
  it('writes devices and modules in order, with keys and twins', async () => {
    await createDevice(hub, { deviceId: 'b' }, { authentication: { type: 'certificateAuthority' } });
    const a = await createDevice(hub, { deviceId: 'a' }, { capabilities: { iotEdge: true } });
    await patchTwin(hub, { deviceId: 'a' }, { tags: { site: 'north' }, desired: { speed: 3 } });
    await updateDevice(hub, { deviceId: 'b' }, { status: 'disabled', statusReason: 'lost' });
    expect(await run(exportWork())).toMatchObject({ status: 'completed', progress: 100, counts: { completed: 4 } });
    const lines = await linesOf('out');
    expect(lines.map(({ id, moduleId }) => [id, moduleId])).toEqual([
      ['a', undefined],
      ['a', '$edgeAgent'],
      ['a', '$edgeHub'],
      ['b', undefined],
    ]);
    expect(lines[0]).toMatchObject({
      eTag: a.etag,
      status: 'enabled',
      authentication: { type: 'sas', symmetricKey: a.authentication.symmetricKey },
      tags: { site: 'north' },
      properties: { desired: { speed: 3, $version: 2 }, reported: { $version: 1 } },
      capabilities: { iotEdge: true },
      deviceScope: a.deviceScope,
    });
    expect(lines[3]).toMatchObject({ status: 'disabled', statusReason: 'lost', twinETag: 'AAAAAAAAAAE=' });
  });

  it('leaves keys out when it is asked to', async () => {
    const { authentication } = await createDevice(hub, { deviceId: 'a' });
    await run(exportWork(true));
    const opened = await hub.blobs.open({ container: JOBS_CONTAINER, name: 'out' });
    const text = Buffer.concat((await opened?.stream.toArray()) ?? []).toString('utf8');
    expect(text).not.toContain(authentication.symmetricKey.primaryKey);
    expect(await linesOf('out')).toMatchObject([{ authentication: { symmetricKey: { primaryKey: null } } }]);
  });

  it('is imported as it was, into a hub that is empty and into one that has it all', async () => {
    await createDevice(hub, { deviceId: 'a' });
    await createDevice(hub, { deviceId: 'a', moduleId: 'm' });
    await patchTwin(hub, { deviceId: 'a', moduleId: 'm' }, { desired: { deep: { er: [1, null] } } });
    const before = await getDevice(hub, { deviceId: 'a' });
    await run(exportWork());
    const exported = await linesOf('out');
    for (const fresh of [true, false]) {
      if (fresh) await hub.registry.remove({ deviceId: 'a' }, undefined);
      expect(await importLines(...exported)).toMatchObject({
        status: 'completed',
        counts: { completed: 2, failed: 0 },
      });
      expect((await getDevice(hub, { deviceId: 'a' })).authentication).toEqual(before.authentication);
      const twin = await getTwin(hub, { deviceId: 'a', moduleId: 'm' });
      expect(twin.desired.values).toEqual({ deep: { er: [1, null] } });
    }
  });
});

describe('an import', () => {
  it('does what each line says, and tells of those that are refused, by their numbers', async () => {
    const changed = await createDevice(hub, { deviceId: 'changed' });
    await createDevice(hub, { deviceId: 'removed' });
    const job = await importLines(
      { id: 'new', status: 'disabled', tags: { a: 1 }, properties: { desired: { b: 2 } } },
      '',
      { id: 'changed', importMode: 'updateIfMatchETag', eTag: changed.etag, statusReason: 'imported' },
      { id: 'removed', importMode: 'delete' },
      { id: 'changed', importMode: 'create' },
      '{"id": "broken',
      { id: 'no such id' },
      { id: 'x', importMode: 'explode' },
      '[]',
      { id: 'changed', importMode: 'createOrUpdateIfMatchETag', eTag: 'stale' },
      { id: 'last' },
    );
    expect(job).toMatchObject({ status: 'completed', progress: 100, counts: { devices: 10, completed: 4, failed: 6 } });
    expect((await linesOf('errors')).map(({ line, deviceId, errorCode }) => [line, deviceId, errorCode])).toEqual([
      [5, 'changed', 'DeviceAlreadyExists'],
      [6, '', 'IotHubFormatError'],
      [7, '', 'ArgumentInvalid'],
      [8, 'x', 'ArgumentInvalid'],
      [9, '', 'IotHubFormatError'],
      [10, 'changed', 'PreconditionFailed'],
    ]);
    expect((await getTwin(hub, { deviceId: 'new' })).desired.values).toEqual({ b: 2 });
    expect((await getDevice(hub, { deviceId: 'new' })).status).toBe('disabled');
    expect((await getDevice(hub, { deviceId: 'changed' })).statusReason).toBe('imported');
    await expect(getDevice(hub, { deviceId: 'removed' })).rejects.toMatchObject({ code: 'device.notFound' });
    await getDevice(hub, { deviceId: 'last' });
  });

  it('takes a byte order mark, lines of other systems, and a line that is too long', async () => {
    const job = await importLines(
      `\uFEFF${JSON.stringify({ id: 'a' })}\r`,
      JSON.stringify({ id: 'long', tags: { x: 'x'.repeat(LIMITS.IMPORT_LINE_BYTES_MAX) } }),
      `${JSON.stringify({ id: 'b' })}\r\n`,
    );
    expect(job.counts).toMatchObject({ completed: 2, failed: 1 });
    expect(await linesOf('errors')).toMatchObject([{ line: 2, errorStatus: expect.stringContaining('more than') }]);
  });

  it('goes on after a restart where it was counted last', async () => {
    const lines = Array.from({ length: 600 }, (_, i) => ({ id: `d${i % 590}`, importMode: 'create' }));
    await put('in', lines.map((line) => JSON.stringify(line)).join('\n'));
    await runner.close();
    const { jobId } = await startTransfer(hub, importWork());
    await hub.jobs.step(jobId, ['queued'], { status: 'running', startedTime: hub.clock.now() });
    // As a kill leaves it: the first lines were applied and counted, of which one was refused.
    for (let i = 0; i < 500; i++) await hub.registry.remove({ deviceId: `d${i}` }, undefined);
    const errors = [{ line: 7, text: JSON.stringify({ line: 7 }) }];
    await hub.jobs.saveProgress(jobId, { progress: 83, completed: 499, failed: 1, linesDone: 500, errors });
    hub = await hub.reopened();
    runner = newRunner();
    await runner.untilIdle();
    expect(await getJob(hub, jobId)).toMatchObject({
      status: 'completed',
      counts: { devices: 600, completed: 599, failed: 1 },
      linesDone: 600,
    });
    expect(await linesOf('errors')).toEqual([{ line: 7 }]);
    await expect(getDevice(hub, { deviceId: 'd499' })).rejects.toMatchObject({ code: 'device.notFound' });
    await getDevice(hub, { deviceId: 'd500' });
    await getDevice(hub, { deviceId: 'd9' });
  });

  it('fails with the reason when there is no such file, or its signature ran out', async () => {
    expect(await run(importWork())).toMatchObject({ status: 'failed', failureReason: expect.stringContaining('"in"') });
    await runner.close();
    const { jobId } = await startTransfer(hub, exportWork());
    hub.clock.advance(LIMITS.JOB_CONTAINER_SECONDS_DEFAULT + 1);
    runner = newRunner();
    await runner.untilIdle();
    const { status, failureReason } = await getJob(hub, jobId);
    expect([status, failureReason]).toEqual(['failed', expect.stringContaining('ran out')]);
    // What opens the container is a secret, also in a reason.
    expect(failureReason).not.toContain('sig=');
  });

  it('is alone: a second is refused until the first has ended', async () => {
    await runner.close();
    const { jobId } = await startTransfer(hub, exportWork());
    await expect(startTransfer(hub, importWork())).rejects.toMatchObject({ code: 'job.transferRunning' });
    await cancelJob(hub, jobId);
    await startTransfer(hub, exportWork());
    runner = newRunner();
    await runner.untilIdle();
  });
});

describe('the address of a container', () => {
  it('is refused where it is none, or leads to what is not for jobs', async () => {
    for (const [address, why] of [
      ['http://myhub.example.net/hub-jobs?sig=x', 'https://'],
      ['file:///etc/passwd', 'https://'],
      ['not an address', 'https://'],
      ['https://me:secret@storage.example/c', 'password'],
      ['https://storage.example/', 'no container'],
      ['https://myhub.example.net/device-uploads?sig=x', 'hub-jobs'],
      ['https://myhub.example.net/hub-jobs', 'signature'],
      [
        'https://myhub.example.net:8443/viaduct/hub-jobs?sp=rw&sv=2020-12-06&sr=c&se=2099-01-01T00:00:00Z&sig=x',
        'not ours',
      ],
      [`https://storage.example/c?${'x'.repeat(LIMITS.CONTAINER_URI_CHARACTERS_MAX)}`, 'characters'],
    ] as const) {
      const work: TransferWork = {
        type: 'export',
        output: { containerUri: address, blobName: 'x' },
        excludeKeys: false,
      };
      await expect(startTransfer(hub, work), address).rejects.toMatchObject({
        code: 'container.invalid',
        message: expect.stringContaining(why),
      });
    }
  });

  it('opens the container of jobs, and leads to files that are gone after a week', async () => {
    await run(exportWork());
    const sweeper = new JobSweeper(hub, { intervalMs: 3_600_000 });
    hub.clock.advance(LIMITS.JOB_FILE_SECONDS);
    await sweeper.sweep();
    expect(await hub.blobs.find({ container: JOBS_CONTAINER, name: 'out' })).toBeDefined();
    hub.clock.advance(1);
    await sweeper.sweep();
    await sweeper.close();
    expect(await hub.blobs.find({ container: JOBS_CONTAINER, name: 'out' })).toBeUndefined();
  });
});
