import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { AnonymousCredential, BlockBlobClient, newPipeline } from '@azure/storage-blob';
import { deviceConnectionString } from '@viaduct/contracts';
import { lowPorts, type SpawnedServer, spawnTestServer, until } from '@viaduct/testkit';
import { Client as DeviceClient } from 'azure-iot-device';
import { Http } from 'azure-iot-device-http';
import { Registry } from 'azure-iothub';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const MEGABYTE = 1_048_576;
const FILE_BYTES = 250 * 1_000_000;
/** What 250 MB may add to the server's memory at its highest: buffers under way and what the collector has not yet taken. */
const GROWTH_BYTES_MAX = 150 * MEGABYTE;

/** Files and the process that keeps them: its memory, and its death. */
describe.skipIf(!lowPorts)('file upload to a process', () => {
  let server: SpawnedServer;
  let client: DeviceClient;

  beforeEach(async () => {
    server = await spawnTestServer();
    const registry = Registry.fromConnectionString(server.ready.hubConnectionString);
    const { responseBody: device } = await registry.create({ deviceId: 'd1' });
    const key = device.authentication?.symmetricKey?.primaryKey ?? '';
    client = DeviceClient.fromConnectionString(deviceConnectionString(server.ready.hostName, 'd1', key), Http);
    const ca = await readFile(server.ready.caFile, 'utf8');
    await client.setOptions({ ca, http: { receivePolicy: { interval: 1 } } } as never);
  });
  afterEach(() => server.stop());

  async function permission(name: string): Promise<{ blob: BlockBlobClient; correlationId: string }> {
    const given = (await client.getBlobSharedAccessSignature(name)) as unknown as Record<string, string>;
    const url = `https://${given.hostName}/${given.containerName}/${given.blobName}${given.sasToken}`;
    const pipeline = newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } });
    return { blob: new BlockBlobClient(url, pipeline), correlationId: given.correlationId ?? '' };
  }

  it('takes 250 MB by blocks and gives them back, in bounded memory', { timeout: 240_000 }, async () => {
    const { blob, correlationId } = await permission('large.bin');
    const before = await memoryOf(server.pid, 'VmRSS');
    await resetPeak(server.pid);
    const began = performance.now();
    const sent = createHash('md5');
    await blob.uploadStream(Readable.from(content(sent)), 4 * MEGABYTE, 5);
    const uploadedIn = performance.now() - began;
    await client.notifyBlobUploadStatus(correlationId, true, 201, 'Created');
    const got = createHash('md5');
    const { readableStreamBody } = await blob.download();
    for await (const chunk of readableStreamBody ?? []) got.update(chunk as Buffer);
    expect(got.digest('hex')).toBe(sent.digest('hex'));
    const growth = (await memoryOf(server.pid, 'VmHWM')) - before;
    console.log(`250 MB in ${Math.round(uploadedIn)} ms; memory at most ${Math.round(growth / MEGABYTE)} MiB more`);
    expect(growth).toBeLessThan(GROWTH_BYTES_MAX);
  });

  it('leaves no half file when it is killed, and keeps the rest', { timeout: 120_000 }, async () => {
    const kept = await permission('kept.bin');
    const whole = randomBytes(3 * MEGABYTE);
    await kept.blob.upload(whole, whole.length);
    const half = await permission('half.bin');
    await half.blob.stageBlock('AAAA', 'staged', 6);
    // A body that never ends: the server is in the middle of it when it dies.
    const endless = half.blob.stageBlock('AAAB', () => Readable.from(slowly()), 90 * MEGABYTE);
    const failed = expect(endless).rejects.toThrow();
    await until(async () => (await filesOf(server)).length === 3, { what: 'the file that is being written' });
    await server.kill('SIGKILL');
    await failed;
    const { address, dataDirectory } = server;
    server = await spawnTestServer({ address, dataDirectory });
    expect((await kept.blob.downloadToBuffer()).equals(whole)).toBe(true);
    await expect(half.blob.getProperties()).rejects.toMatchObject({ statusCode: 404 });
    await until(async () => (await filesOf(server)).length === 2, { what: 'the left-over file is swept' });
    await half.blob.commitBlockList(['AAAA']);
    expect((await half.blob.downloadToBuffer()).toString()).toBe('staged');
    await client.notifyBlobUploadStatus(half.correlationId, true, 201, 'Created');
  });
});

function* content(hash: ReturnType<typeof createHash>): Generator<Buffer> {
  for (let left = FILE_BYTES; left > 0; left -= MEGABYTE) {
    const chunk = randomBytes(Math.min(MEGABYTE, left));
    hash.update(chunk);
    yield chunk;
  }
}

async function* slowly(): AsyncGenerator<Buffer> {
  yield Buffer.alloc(MEGABYTE);
  await new Promise(() => undefined);
}

async function filesOf({ dataDirectory }: SpawnedServer): Promise<string[]> {
  const entries = await readdir(join(dataDirectory, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

/** Bytes. */
async function memoryOf(pid: number, field: 'VmRSS' | 'VmHWM'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1_024;
}

/** Linux: the high-water mark begins anew. */
async function resetPeak(pid: number): Promise<void> {
  await writeFile(`/proc/${pid}/clear_refs`, '5');
}
