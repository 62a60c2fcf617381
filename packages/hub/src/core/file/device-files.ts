import type { Readable } from 'node:stream';
import { HubError } from '@viaduct/contracts';
import type { BlobRecord, ByteRange, KeepsBlobs } from '../ports.ts';
import { UPLOADS_CONTAINER, uploadPlace } from './blob-name.ts';

/** A file that a device uploaded. */
export interface StoredFile {
  /** Below the device's folder; may have slashes, and anything else. */
  readonly name: string;
  readonly bytes: number;
  readonly contentType: string | null;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
  readonly etag: string;
}

export interface OpenFile extends StoredFile {
  /** What the stream gives; the whole file when no range was asked for. Undefined for an empty file. */
  readonly range: ByteRange | undefined;
  /** Read it to its end or destroy it. */
  readonly stream: Readable;
}

/** A device's files in order of name, those of its modules included. `after` is the last name of the page before. */
export async function listFiles(
  hub: KeepsBlobs,
  deviceId: string,
  { after, limit }: { readonly after?: string; readonly limit: number },
): Promise<readonly StoredFile[]> {
  const prefix = `${deviceId}/`;
  const blobs = await hub.blobs.list({
    container: UPLOADS_CONTAINER,
    prefix,
    ...(after === undefined ? {} : { after: `${prefix}${after}` }),
    limit,
  });
  return blobs.map((blob) => fileOf(deviceId, blob));
}

/**
 * The content of a file, or the bytes `start` to `end` (counted in) of it.
 *
 * @throws HubError blob.notFound, blob.rangeInvalid, store.unavailable
 */
export async function openFile(
  hub: KeepsBlobs,
  deviceId: string,
  name: string,
  range?: { readonly start: number; readonly end?: number },
): Promise<OpenFile> {
  const opened = await hub.blobs.open(uploadPlace({ deviceId }, name), (blob) => rangeWithin(blob.bytes, range));
  if (opened === undefined) throw noSuchFile(deviceId, name);
  return { ...fileOf(deviceId, opened.blob), range: opened.range, stream: opened.stream };
}

/** @throws HubError blob.notFound, store.unavailable (retry) */
export async function deleteFile(hub: KeepsBlobs, deviceId: string, name: string): Promise<void> {
  if (!(await hub.blobs.remove(uploadPlace({ deviceId }, name)))) throw noSuchFile(deviceId, name);
}

/** @throws HubError blob.rangeInvalid when the range begins past the end */
export function rangeWithin(
  bytes: number,
  range: { readonly start: number; readonly end?: number } | undefined,
): ByteRange | undefined {
  if (range === undefined) return bytes === 0 ? undefined : { start: 0, end: bytes - 1 };
  const end = Math.min(range.end ?? bytes - 1, bytes - 1);
  if (range.start < 0 || range.start > end) {
    throw new HubError('blob.rangeInvalid', `a range of ${bytes} bytes cannot begin at ${range.start}`);
  }
  return { start: range.start, end };
}

function fileOf(deviceId: string, blob: BlobRecord): StoredFile {
  return {
    name: blob.name.slice(deviceId.length + 1),
    bytes: blob.bytes,
    contentType: blob.contentType,
    lastModified: blob.modifiedTime,
    etag: blob.etag,
  };
}

function noSuchFile(deviceId: string, name: string): HubError {
  return new HubError('blob.notFound', `device "${deviceId}" has no file "${name.slice(0, 160)}"`);
}
