import { createHash, randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { AnonymousCredential, BlockBlobClient, ContainerClient, newPipeline } from '@azure/storage-blob';
import { createDevice } from '@viaduct/hub';
import { startTestServer, type TestServer, until } from '@viaduct/testkit';
import { Client as DeviceClient } from 'azure-iot-device';
import { Http } from 'azure-iot-device-http';
import { Mqtt } from 'azure-iot-device-mqtt';
import { Client as ServiceClient } from 'azure-iothub';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pythonClients, runPython } from './sdk/python.ts';

/** Files of devices, with the unmodified device, service and storage clients. */
let server: TestServer;
beforeAll(async () => {
  server = await startTestServer();
});
afterAll(() => server.stop());

const CONTAINER = 'device-uploads';

interface Permission {
  readonly correlationId: string;
  readonly hostName: string;
  readonly containerName: string;
  readonly blobName: string;
  readonly sasToken: string;
}

const urlOf = ({ hostName, containerName, blobName, sasToken }: Permission) =>
  `https://${hostName}/${containerName}/${blobName.split('/').map(encodeURIComponent).join('/')}${sasToken}`;

async function contentOf(name: string): Promise<Buffer | undefined> {
  const opened = await server.hub.blobs.open({ container: CONTAINER, name });
  return opened && Buffer.concat(await opened.stream.toArray());
}

describe.each([
  ['azure-iot-device · MQTT · symmetric key', Mqtt],
  ['azure-iot-device · HTTPS · symmetric key', Http],
] as const)('%s', (_suite, transport) => {
  async function connected(deviceId?: string) {
    const device = await server.createDevice(deviceId);
    const client = DeviceClient.fromConnectionString(device.connectionString, transport);
    const ca = await readFile(server.caFile, 'utf8');
    // Over HTTPS this client never answers `setOptions` unless it is told how to poll for commands.
    await client.setOptions({ ca, http: { receivePolicy: { interval: 1 } } } as never);
    const permission = async (name: string) =>
      (await client.getBlobSharedAccessSignature(name)) as unknown as Permission;
    return { client, permission, deviceId: device.deviceId };
  }

  it('uploads a file, and the back end is told', async () => {
    const { client, deviceId } = await connected();
    const service = ServiceClient.fromConnectionString(server.ready.hubConnectionString);
    await service.open();
    const told: Record<string, unknown>[] = [];
    service.getFileNotificationReceiver((error, receiver) => {
      expect(error).toBeNull();
      receiver?.on('message', (message: { data: Buffer }) => {
        told.push(JSON.parse(message.data.toString()));
        receiver.complete(message as never, () => undefined);
      });
    });
    const content = randomBytes(300_000);
    await client.uploadToBlob('logs/boot.bin', Readable.from([content]), content.length);
    const isOurs = (each: Record<string, unknown>) => each.blobName === `${deviceId}/logs/boot.bin`;
    expect(await until(() => told.find(isOurs))).toEqual({
      deviceId,
      blobName: `${deviceId}/logs/boot.bin`,
      blobSizeInBytes: content.length,
      blobUri: `https://${server.ready.hostName}/${CONTAINER}/${deviceId}/logs/boot.bin`,
      lastUpdatedTime: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00$/),
      enqueuedTimeUtc: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{7}Z$/),
    });
    expect((await contentOf(`${deviceId}/logs/boot.bin`))?.equals(content)).toBe(true);
    await service.close();
    await client.close();
  });

  it('asks for a permission, uses it with a storage client and tells how that went', async () => {
    const { client, permission, deviceId } = await connected();
    const given = await permission('report.txt');
    expect(given).toMatchObject({ containerName: CONTAINER, blobName: `${deviceId}/report.txt` });
    const blob = new BlockBlobClient(urlOf(given));
    await blob.upload('21.5 °C', 8, { blobHTTPHeaders: { blobContentType: 'text/plain' } });
    await client.notifyBlobUploadStatus(given.correlationId, true, 201, 'Created');
    expect((await blob.downloadToBuffer()).toString()).toBe('21.5 °C');
    await expect(client.notifyBlobUploadStatus(given.correlationId, true, 201, 'again')).rejects.toThrow();
    await client.close();
  });

  it('tells a failure: what was staged goes, and the operator hears of it', async () => {
    const { client, permission, deviceId } = await connected();
    const given = await permission('half.bin');
    await new BlockBlobClient(urlOf(given)).stageBlock('AAAA', 'some', 4);
    await client.notifyBlobUploadStatus(given.correlationId, false, 500, 'the disk of the device broke');
    const left = await server.hub.blobs.blocks({ container: CONTAINER, name: `${deviceId}/half.bin` });
    expect(left).toEqual({ committed: [], staged: [] });
    const refusals = await server.hub.refusals.list(deviceId);
    expect(refusals).toMatchObject([
      { code: 'file.uploadFailed', message: expect.stringContaining('the disk of the') },
    ]);
    await client.close();
  });

  it('is refused an end without a file, and an eleventh upload', async () => {
    const { client, permission } = await connected();
    const first = await permission('f0');
    await expect(client.notifyBlobUploadStatus(first.correlationId, true, 200, 'ok')).rejects.toThrow('Bad Request');
    for (let i = 1; i < 10; i++) await permission(`f${i}`);
    await expect(permission('f10')).rejects.toMatchObject({
      responseBody: expect.stringContaining('DeviceMaximumActiveFileUploadLimitExceeded'),
    });
    await client.close();
  });
});

describe('@azure/storage-blob', () => {
  let permission: Permission;
  let blob: BlockBlobClient;
  const noRetry = newPipeline(new AnonymousCredential(), { retryOptions: { maxTries: 1 } });

  beforeAll(async () => {
    const device = await createDevice(server.hub, { deviceId: 'blobber' });
    permission = await begin(device.deviceId, 'folder/a b+c%2F?#é.bin');
    blob = new BlockBlobClient(urlOf(permission), noRetry);
  });

  async function begin(deviceId: string, name: string): Promise<Permission> {
    const { beginUpload } = await import('@viaduct/hub');
    return beginUpload(server.hub, { deviceId }, name, server.ready.hostName);
  }

  /** A client with rights that devices never get, as a back end mints them with the key. */
  async function container(permissions: string, name = ''): Promise<ContainerClient> {
    const { mintBlobSas } = await import('../../packages/hub/src/core/file/blob-sas.ts');
    const place = { container: CONTAINER, name };
    const sas = mintBlobSas(server.hub.blobKey, place, {
      permissions,
      expiryTime: Date.now() + 60_000,
      wholeContainer: name === '',
    });
    // An IP address has no account in its name, so clients look for it in the path.
    return new ContainerClient(`https://${server.ready.hostName}/viaduct/${CONTAINER}?${sas}`, noRetry);
  }

  it('uploads by blocks, with headers and metadata, and reads them back whole and in ranges', async () => {
    const content = randomBytes(9 * 1_048_576 + 17);
    const stored = await blob.uploadStream(Readable.from([content]), 1_048_576, 4, {
      blobHTTPHeaders: { blobContentType: 'image/png', blobCacheControl: 'no-cache' },
      metadata: { Colour: 'red' },
    });
    const properties = await blob.getProperties();
    expect(properties).toMatchObject({
      etag: stored.etag,
      contentLength: content.length,
      contentType: 'image/png',
      cacheControl: 'no-cache',
      metadata: { colour: 'red' },
      blobType: 'BlockBlob',
    });
    expect((await blob.downloadToBuffer()).equals(content)).toBe(true);
    const middle = await blob.downloadToBuffer(1_048_570, 100);
    expect(middle.equals(content.subarray(1_048_570, 1_048_670))).toBe(true);
    const part = await blob.download(3, 5, { rangeGetContentMD5: true });
    expect(Buffer.from(part.contentMD5 ?? [])).toEqual(createHash('md5').update(content.subarray(3, 8)).digest());
    expect(part.contentRange).toBe(`bytes 3-7/${content.length}`);
    const list = await blob.getBlockList('all');
    expect(list.committedBlocks).toHaveLength(10);
    await expect(blob.download(content.length)).rejects.toMatchObject({ statusCode: 416, code: 'InvalidRange' });
  });

  it('is told by ETag whether the blob changed', async () => {
    const { etag = '' } = await blob.upload('one', 3);
    await expect(blob.download(0, 3, { conditions: { ifNoneMatch: etag } })).rejects.toMatchObject({ statusCode: 304 });
    await expect(blob.upload('two', 3, { conditions: { ifMatch: '"0x1"' } })).rejects.toMatchObject({
      statusCode: 412,
      code: 'ConditionNotMet',
    });
    await expect(blob.upload('two', 3, { conditions: { ifNoneMatch: '*' } })).rejects.toMatchObject({
      statusCode: 409,
      code: 'BlobAlreadyExists',
    });
    await blob.upload('two', 3, { conditions: { ifMatch: etag } });
    expect((await blob.downloadToBuffer()).toString()).toBe('two');
  });

  it('changes headers and metadata without the content', async () => {
    await blob.upload('content', 7, { metadata: { a: '1' } });
    await blob.setHTTPHeaders({ blobContentType: 'text/html' });
    await blob.setMetadata({ b: '2' });
    expect(await blob.getProperties()).toMatchObject({ contentType: 'text/html', metadata: { b: '2' } });
    expect((await blob.downloadToBuffer()).toString()).toBe('content');
  });

  it('is told when content changed on its way, and when blocks are not there', async () => {
    const transactionalContentMD5 = createHash('md5').update('other').digest();
    await expect(blob.stageBlock('AAAA', 'some', 4, { transactionalContentMD5 })).rejects.toMatchObject({
      code: 'Md5Mismatch',
    });
    await expect(blob.commitBlockList(['ZZZZ'])).rejects.toMatchObject({ statusCode: 400, code: 'InvalidBlockList' });
  });

  it('is refused another blob, another verb, a forged and an expired signature', async () => {
    const other = new BlockBlobClient(urlOf({ ...permission, blobName: 'blobber/other' }), noRetry);
    await expect(other.upload('x', 1)).rejects.toMatchObject({ statusCode: 403, code: 'AuthenticationFailed' });
    await expect(blob.delete()).rejects.toMatchObject({ statusCode: 403, code: 'AuthorizationPermissionMismatch' });
    const forged = permission.sasToken.replace('sp=rw', 'sp=rwd');
    await expect(
      new BlockBlobClient(urlOf({ ...permission, sasToken: forged }), noRetry).delete(),
    ).rejects.toMatchObject({
      statusCode: 403,
      code: 'AuthenticationFailed',
    });
    const bare = new BlockBlobClient(urlOf({ ...permission, sasToken: '' }), noRetry);
    await expect(bare.upload('x', 1)).rejects.toMatchObject({ statusCode: 401, code: 'NoAuthenticationInformation' });
    const { mintBlobSas } = await import('../../packages/hub/src/core/file/blob-sas.ts');
    const place = { container: CONTAINER, name: permission.blobName };
    const old = mintBlobSas(server.hub.blobKey, place, { permissions: 'rw', expiryTime: Date.now() - 1_000 });
    const late = new BlockBlobClient(urlOf({ ...permission, sasToken: `?${old}` }), noRetry);
    await expect(late.upload('x', 1)).rejects.toMatchObject({ statusCode: 403, code: 'AuthenticationFailed' });
    const refusals = await server.hub.refusals.list('blobber');
    expect(refusals.map(({ code }) => code)).toEqual(
      expect.arrayContaining(['credential.expired', 'credential.insufficientRights']),
    );
  });

  it('lists by prefix, by folder and page by page, names beyond XML included; and deletes', async () => {
    const names = ['l/a', 'l/b/1', 'l/b/2', 'l/c', 'l/nul\u0001x', 'l/ü & <x>', 'l/ trailing '];
    for (const name of names) {
      const body = { chunks: Readable.from([Buffer.from(name)]), bytes: undefined, md5: undefined };
      const headers = { contentType: null, contentEncoding: null, contentLanguage: null };
      const rest = { contentDisposition: null, cacheControl: null, contentMd5: null };
      await server.hub.blobs.put({ container: CONTAINER, name }, body, {
        headers: { ...headers, ...rest },
        metadata: {},
      });
    }
    const client = await container('rld');
    const found: string[] = [];
    for await (const page of client.listBlobsFlat({ prefix: 'l/' }).byPage({ maxPageSize: 3 })) {
      found.push(...page.segment.blobItems.map(({ name }) => name));
    }
    expect(found.sort()).toEqual([...names].sort());
    const folders: string[] = [];
    for await (const page of client.listBlobsByHierarchy('/', { prefix: 'l/' }).byPage({ maxPageSize: 2 })) {
      folders.push(...(page.segment.blobPrefixes ?? []).map(({ name }) => name));
      folders.push(...page.segment.blobItems.map(({ name }) => name));
    }
    expect(folders.sort()).toEqual(['l/a', 'l/b/', 'l/c', 'l/nul\u0001x', 'l/ü & <x>', 'l/ trailing '].sort());
    for (const name of names) {
      const each = client.getBlobClient(name);
      expect((await each.downloadToBuffer()).toString()).toBe(name);
      await each.delete();
      await expect(each.getProperties()).rejects.toMatchObject({ statusCode: 404 });
      await expect(each.download()).rejects.toMatchObject({ code: 'BlobNotFound' });
    }
  });

  it('finds the file and the unfinished upload again after a restart', async () => {
    await blob.upload('still here', 10);
    const active = await server.hub.uploads.countActive(Date.now());
    await server.restart();
    expect((await blob.downloadToBuffer()).toString()).toBe('still here');
    expect(await server.hub.uploads.countActive(Date.now())).toBe(active);
    expect(active).toBeGreaterThan(0);
  });

  it('may not run in a browser what a device uploaded', async () => {
    await blob.upload('<script>alert(1)</script>', 25, { blobHTTPHeaders: { blobContentType: 'text/html' } });
    const { _response: answer } = await blob.getProperties();
    expect(answer.headers.get('content-security-policy')).toContain('sandbox');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });
});

const python = pythonClients()['azure.storage.blob'];

describe(`azure.storage.blob · Python ${python ?? '(not on this machine: apt-get install python3-azure-storage)'}`, () => {
  it.skipIf(python === undefined)('uploads in one piece and in blocks, reads, lists the blocks', async () => {
    const { beginUpload } = await import('@viaduct/hub');
    const given = await beginUpload(server.hub, { deviceId: 'blobber' }, 'from python.bin', server.ready.hostName);
    const run = runPython('blob.py', { url: urlOf(given) }, server.caFile);
    expect(await run.result).toEqual({
      small: 'from Python',
      large: true,
      range: '0001',
      type: 'text/plain',
      blocks: 3,
    });
  });
});
