import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type TemporaryHub, temporaryHub } from '../../temporary-hub.ts';
import type { BlobBody } from '../ports.ts';
import { createDevice } from '../registry/create-device.ts';
import { beginUpload } from './begin-upload.ts';
import { completeUpload } from './complete-upload.ts';
import {
  abandonFileNotification,
  completeFileNotification,
  lockFileNotification,
  onFileNotification,
} from './deliver-file-notifications.ts';
import { deleteFile, listFiles, openFile } from './device-files.ts';
import { UploadSweeper } from './upload-sweeper.ts';

let hub: TemporaryHub;
const device = { deviceId: 'd1' };

beforeEach(async () => {
  hub = await temporaryHub();
  await createDevice(hub, device);
});
afterEach(() => hub.close());

const PLAIN = {
  headers: {
    ...{ contentType: 'text/plain', contentEncoding: null, contentLanguage: null },
    ...{ contentDisposition: null, cacheControl: null, contentMd5: null },
  },
  metadata: {},
};

function body(text: string): BlobBody {
  const chunks = (async function* () {
    yield Buffer.from(text);
  })();
  return { chunks, bytes: undefined, md5: undefined };
}

async function put(name: string, text: string): Promise<void> {
  await hub.blobs.put({ container: 'device-uploads', name }, body(text), PLAIN);
}

const result = (correlationId: string, isSuccess = true) => ({
  ...{ correlationId, isSuccess, statusCode: isSuccess ? 201 : 500 },
  ...{ statusDescription: 'words', remoteAddress: '127.0.0.1' },
});

describe('an upload', () => {
  it('gives a place in the folder of the device, or of its module', async () => {
    const ofDevice = await beginUpload(hub, device, 'a/b.txt');
    expect(ofDevice).toMatchObject({ hostName: 'myhub.example.net', containerName: 'device-uploads' });
    expect(ofDevice.blobName).toBe('d1/a/b.txt');
    expect((await beginUpload(hub, { ...device, moduleId: 'm' }, 'a')).blobName).toBe('d1/m/a');
    await expect(beginUpload(hub, device, '')).rejects.toMatchObject({ code: 'argument.invalid' });
    await expect(beginUpload(hub, device, '\ud800')).rejects.toMatchObject({ code: 'argument.invalid' });
    const tooLong = beginUpload(hub, device, 'x'.repeat(LIMITS.BLOB_NAME_CHARACTERS_MAX));
    await expect(tooLong).rejects.toMatchObject({ code: 'argument.invalid' });
  });

  it('ends once, for its own device, while its permission lasts', async () => {
    const { correlationId, blobName } = await beginUpload(hub, device, 'a');
    await put(blobName, 'content');
    const stranger = completeUpload(hub, { deviceId: 'd2' }, result(correlationId));
    await expect(stranger).rejects.toMatchObject({ code: 'file.uploadUnknown' });
    await completeUpload(hub, device, result(correlationId));
    const again = completeUpload(hub, device, result(correlationId));
    await expect(again).rejects.toMatchObject({ code: 'file.uploadUnknown' });
    const late = await beginUpload(hub, device, 'b');
    hub.clock.advance(LIMITS.UPLOAD_SECONDS);
    const tooLate = completeUpload(hub, device, result(late.correlationId));
    await expect(tooLate).rejects.toMatchObject({ code: 'file.uploadExpired' });
  });

  it('that ended well without a file is refused, and stays open', async () => {
    const { correlationId, blobName } = await beginUpload(hub, device, 'a');
    const empty = completeUpload(hub, device, result(correlationId));
    await expect(empty).rejects.toMatchObject({ code: 'file.notUploaded' });
    await put(blobName, 'content');
    await completeUpload(hub, device, result(correlationId));
  });

  it('is one of ten; one that ended or ran out makes room', async () => {
    const first = await beginUpload(hub, device, '0');
    for (let i = 1; i < LIMITS.UPLOADS_ACTIVE_MAX; i++) await beginUpload(hub, device, `${i}`);
    await expect(beginUpload(hub, device, 'more')).rejects.toMatchObject({ code: 'file.tooManyUploads' });
    await completeUpload(hub, device, result(first.correlationId, false));
    await beginUpload(hub, device, 'more');
    await expect(beginUpload(hub, device, 'more')).rejects.toMatchObject({ code: 'file.tooManyUploads' });
    hub.clock.advance(LIMITS.UPLOAD_SECONDS);
    await beginUpload(hub, device, 'more');
  });

  it('that failed leaves what was there before, and takes along what it wrote', async () => {
    await put('d1/kept', 'older');
    hub.clock.advance(1);
    const kept = await beginUpload(hub, device, 'kept');
    await hub.blobs.stageBlock({ container: 'device-uploads', name: 'd1/kept' }, 'AAAA', body('staged'));
    await completeUpload(hub, device, result(kept.correlationId, false));
    expect(hub.blobs.stats).toMatchObject({ blobs: 1, stagedBlocks: 0 });
    const written = await beginUpload(hub, device, 'written');
    await put('d1/written', 'half of it');
    await completeUpload(hub, device, result(written.correlationId, false));
    expect((await listFiles(hub, 'd1', { limit: 10 })).map(({ name }) => name)).toEqual(['kept']);
  });

  it('that failed leaves alone what another upload of the same name has staged', async () => {
    const first = await beginUpload(hub, device, 'a');
    await beginUpload(hub, device, 'a');
    await hub.blobs.stageBlock({ container: 'device-uploads', name: 'd1/a' }, 'AAAA', body('staged'));
    await completeUpload(hub, device, result(first.correlationId, false));
    expect(hub.blobs.stats.stagedBlocks).toBe(1);
  });

  it('that ran out loses what it staged; a day later it is forgotten', async () => {
    const sweeper = new UploadSweeper(hub);
    const { correlationId } = await beginUpload(hub, device, 'a');
    await hub.blobs.stageBlock({ container: 'device-uploads', name: 'd1/a' }, 'AAAA', body('staged'));
    await sweeper.sweep();
    expect(hub.blobs.stats.stagedBlocks).toBe(1);
    hub.clock.advance(LIMITS.UPLOAD_SECONDS);
    await sweeper.sweep();
    expect(hub.blobs.stats.stagedBlocks).toBe(0);
    expect(await hub.uploads.find(correlationId)).toBeDefined();
    hub.clock.advance(LIMITS.UPLOAD_REMEMBERED_SECONDS + 1);
    await sweeper.sweep();
    expect(await hub.uploads.find(correlationId)).toBeUndefined();
    await sweeper.close();
  });

  it('that ended well loses what it staged besides, unless another of the same name is open', async () => {
    const place = { container: 'device-uploads', name: 'd1/a' };
    const [first, second] = [await beginUpload(hub, device, 'a'), await beginUpload(hub, device, 'a')];
    await put('d1/a', 'content');
    await hub.blobs.stageBlock(place, 'AAAA', body('staged'));
    await completeUpload(hub, device, result(first.correlationId));
    expect(hub.blobs.stats.stagedBlocks).toBe(1);
    await completeUpload(hub, device, result(second.correlationId));
    expect(hub.blobs.stats).toMatchObject({ blobs: 1, stagedBlocks: 0 });
  });

  it('that ended, and whose permission went on staging, keeps that no longer than a permission lasts', async () => {
    const sweeper = new UploadSweeper(hub);
    const { correlationId } = await beginUpload(hub, device, 'a');
    await put('d1/a', 'x');
    await completeUpload(hub, device, result(correlationId));
    await hub.blobs.stageBlock({ container: 'device-uploads', name: 'd1/a' }, 'AAAA', body('staged'));
    hub.clock.advance(LIMITS.BLOB_STAGED_SECONDS_MAX + 1);
    await sweeper.sweep();
    expect(LIMITS.BLOB_STAGED_SECONDS_MAX).toBeLessThanOrEqual(2 * LIMITS.UPLOAD_SECONDS);
    expect(hub.blobs.stats).toMatchObject({ blobs: 1, stagedBlocks: 0 });
    await sweeper.close();
  });

  it('survives a restart, with its permission', async () => {
    const { correlationId, blobName, sasToken } = await beginUpload(hub, device, 'a');
    await put(blobName, 'content');
    const key = hub.blobKey;
    hub = await hub.reopened();
    expect(hub.blobKey.equals(key)).toBe(true);
    expect(sasToken).toMatch(/^\?sv=.*&sp=rw$/);
    await completeUpload(hub, device, result(correlationId));
    expect(await lockFileNotification(hub)).toMatchObject({ blobName });
  });
});

describe('a file notification', () => {
  async function notified(name: string): Promise<void> {
    const { correlationId, blobName } = await beginUpload(hub, device, name);
    await put(blobName, 'content');
    await completeUpload(hub, device, result(correlationId));
  }

  it('is locked, and waits again when it is abandoned or the lock runs out', async () => {
    let rings = 0;
    onFileNotification(hub, () => rings++);
    await notified('a');
    expect(rings).toBe(1);
    const first = await lockFileNotification(hub);
    expect(first).toMatchObject({ deviceId: 'd1', blobName: 'd1/a', blobSizeInBytes: 7, deliveryCount: 0 });
    expect(await lockFileNotification(hub)).toBeUndefined();
    await abandonFileNotification(hub, first?.lockToken ?? '');
    expect(await lockFileNotification(hub)).toMatchObject({ blobName: 'd1/a', deliveryCount: 1 });
    hub.clock.advance(LIMITS.FILE_NOTIFICATION_LOCK_SECONDS);
    const third = await lockFileNotification(hub);
    await completeFileNotification(hub, third?.lockToken ?? '');
    expect(await lockFileNotification(hub)).toBeUndefined();
    await expect(completeFileNotification(hub, first?.lockToken ?? '')).rejects.toMatchObject({
      code: 'command.lockLost',
    });
  });

  it('goes after an hour, and after so many deliveries', async () => {
    await notified('a');
    for (let i = 0; i < LIMITS.FILE_NOTIFICATION_DELIVERIES_MAX; i++) {
      const locked = await lockFileNotification(hub);
      await abandonFileNotification(hub, locked?.lockToken ?? '');
    }
    expect(await lockFileNotification(hub)).toBeUndefined();
    await notified('b');
    hub.clock.advance(LIMITS.FILE_NOTIFICATION_TTL_SECONDS);
    expect(await lockFileNotification(hub)).toBeUndefined();
    await new UploadSweeper(hub).sweep();
  });
});

describe("a device's files", () => {
  it('are listed page by page, opened in part and deleted; nobody sees those of a device with a longer id', async () => {
    await put('d1/a', '0123456789');
    await put('d1/m/b', 'x');
    await put('d10/c', 'not ours');
    const all = await listFiles(hub, 'd1', { limit: 10 });
    expect(all.map(({ name, bytes }) => [name, bytes])).toEqual([
      ['a', 10],
      ['m/b', 1],
    ]);
    expect((await listFiles(hub, 'd1', { after: 'a', limit: 10 })).map(({ name }) => name)).toEqual(['m/b']);
    const part = await openFile(hub, 'd1', 'a', { start: 4, end: 5 });
    expect(part).toMatchObject({ bytes: 10, contentType: 'text/plain', range: { start: 4, end: 5 } });
    expect(Buffer.concat(await part.stream.toArray()).toString()).toBe('45');
    await expect(openFile(hub, 'd1', 'a', { start: 10 })).rejects.toMatchObject({ code: 'blob.rangeInvalid' });
    await deleteFile(hub, 'd1', 'a');
    await expect(openFile(hub, 'd1', 'a')).rejects.toMatchObject({ code: 'blob.notFound' });
    await expect(deleteFile(hub, 'd1', 'a')).rejects.toMatchObject({ code: 'blob.notFound' });
  });
});
