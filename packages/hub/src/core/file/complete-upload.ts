import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { BooksRefusals } from '../hub.ts';
import type { BlobRecord, FileNotification, KeepsBlobs, KeepsUploads, TellsTime, UploadRecord } from '../ports.ts';
import { blobUri } from './blob-name.ts';

/** How an upload went, as the device tells it. */
export interface UploadResult {
  readonly correlationId: string;
  readonly isSuccess: boolean;
  /** What the device got from the blob endpoint. */
  readonly statusCode?: number;
  readonly statusDescription?: string;
  /** Where the device told it from. */
  readonly remoteAddress: string;
}

/**
 * Ends an upload, and what it staged and did not commit goes. Back ends are told of a file that is there; of one that failed the
 * operator is, and what it wrote goes too.
 *
 * @throws HubError file.uploadUnknown, file.uploadExpired, file.notUploaded, store.unavailable (retry)
 */
export async function completeUpload(
  hub: KeepsUploads & KeepsBlobs & BooksRefusals & TellsTime,
  identity: DeviceIdentity,
  result: UploadResult,
): Promise<void> {
  const upload = await hub.uploads.find(result.correlationId);
  if (upload === undefined || !isSameIdentity(upload.identity, identity)) throw unknownUpload();
  if (upload.expiryTime <= hub.clock.now()) {
    throw new HubError('file.uploadExpired', 'the permission of this upload ran out before its end was told');
  }
  const notification = result.isSuccess ? await notificationFor(hub, upload) : undefined;
  // Another upload of the same blob may have staged these blocks, or written it whole.
  const isAlone = (await hub.uploads.countOthers(upload, hub.clock.now())) === 0;
  // Before the end is booked: after it the sweeper knows nothing of this upload, and a device whose call fails here can repeat it.
  if (isAlone) await hub.blobs.discardStaged(upload);
  if (!(await hub.uploads.finish(upload.correlationId, notification))) throw unknownUpload();
  if (result.isSuccess) return;
  bookFailure(hub, upload, result);
  if (isAlone) await removeIfOf(hub, upload);
}

async function notificationFor(hub: KeepsBlobs & TellsTime, upload: UploadRecord): Promise<FileNotification> {
  const blob = await hub.blobs.find(upload);
  if (blob === undefined) throw new HubError('file.notUploaded', `there is no blob "${upload.name}"`);
  return {
    deviceId: upload.identity.deviceId,
    blobUri: blobUri(upload.hostName, upload),
    blobName: upload.name,
    lastUpdatedTime: blob.modifiedTime,
    blobSizeInBytes: blob.bytes,
    enqueuedTime: hub.clock.now(),
  };
}

function bookFailure(
  hub: BooksRefusals,
  upload: UploadRecord,
  { statusCode, statusDescription, remoteAddress }: UploadResult,
): void {
  const said = [statusCode, statusDescription?.slice(0, SAID_CHARACTERS_MAX)].filter((part) => part !== undefined);
  hub.refusals.record({
    deviceId: upload.identity.deviceId,
    code: 'file.uploadFailed',
    message: `upload of "${upload.name}" failed, says the device: ${said.join(' ')}`,
    transport: 'https',
    remoteAddress,
  });
}

const SAID_CHARACTERS_MAX = 256;

/** What was there before the upload began is not the upload's to take along. */
async function removeIfOf(hub: KeepsBlobs, upload: UploadRecord): Promise<void> {
  const isOlder = (blob: BlobRecord | undefined) => blob === undefined || blob.modifiedTime < upload.startedTime;
  const blob = await hub.blobs.find(upload);
  if (isOlder(blob)) return;
  await hub.blobs.remove(upload, (current) => {
    if (current?.etag !== blob?.etag) throw new HubError('blob.conditionNotMet', 'the blob was written meanwhile');
  });
}

function isSameIdentity(a: DeviceIdentity, b: DeviceIdentity): boolean {
  return a.deviceId === b.deviceId && a.moduleId === b.moduleId;
}

function unknownUpload(): HubError {
  return new HubError('file.uploadUnknown', 'no upload of this device has this correlation id');
}
