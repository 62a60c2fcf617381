import type { S3Client } from '@aws-sdk/client-s3';
import { LIMITS } from '@viaduct/contracts';

/** Telling the service to forget the parts of what was given up may take so long, ms. */
const FORGET_MS_MAX = 5_000;

/** The names are the protocol's. */
export interface NewS3Object {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
  readonly Metadata: Readonly<Record<string, string>>;
}

/**
 * Writes an object of unknown length with one part in memory, one request after the other.
 *
 *     fits in one part    PutObject
 *     is larger           CreateMultipartUpload, UploadPart …, CompleteMultipartUpload; AbortMultipartUpload when anything fails
 *
 * The library's own uploader does not give the signal to its requests, so one that was given up could still arrive, and replace what
 * was written after it.
 *
 * @throws whatever the client or the content does; the object is then as it was
 */
export async function uploadToS3(
  client: S3Client,
  object: NewS3Object,
  content: AsyncIterable<Uint8Array>,
  abortSignal: AbortSignal,
): Promise<void> {
  const upload = new PartedUpload(client, object, abortSignal);
  try {
    const part = Buffer.allocUnsafeSlow(LIMITS.S3_PART_BYTES);
    let filled = 0;
    for await (const chunk of content) {
      for (let taken = 0; taken < chunk.length; ) {
        // Only when more follows, so the last part is never empty.
        if (filled === part.length) {
          await upload.part(part);
          filled = 0;
        }
        const room = Math.min(chunk.length - taken, part.length - filled);
        part.set(chunk.subarray(taken, taken + room), filled);
        filled += room;
        taken += room;
      }
    }
    await upload.end(part.subarray(0, filled));
  } catch (error) {
    await upload.forget();
    throw error;
  }
}

class PartedUpload {
  readonly #client: S3Client;
  readonly #object: NewS3Object;
  readonly #options: { readonly abortSignal: AbortSignal };
  readonly #parts: { readonly PartNumber: number; readonly ETag: string | undefined }[] = [];
  #uploadId: string | undefined;

  constructor(client: S3Client, object: NewS3Object, abortSignal: AbortSignal) {
    this.#client = client;
    this.#object = object;
    this.#options = { abortSignal };
  }

  async part(Body: Buffer): Promise<void> {
    const { CreateMultipartUploadCommand, UploadPartCommand } = await import('@aws-sdk/client-s3');
    if (this.#uploadId === undefined) {
      const { UploadId } = await this.#client.send(new CreateMultipartUploadCommand(this.#object), this.#options);
      this.#uploadId = UploadId;
    }
    const PartNumber = this.#parts.length + 1;
    const command = new UploadPartCommand({ ...this.#place, PartNumber, Body });
    const { ETag } = await this.#client.send(command, this.#options);
    this.#parts.push({ PartNumber, ETag });
  }

  /** With the last part, which may be the only one. */
  async end(Body: Buffer): Promise<void> {
    const { CompleteMultipartUploadCommand, PutObjectCommand } = await import('@aws-sdk/client-s3');
    if (this.#uploadId === undefined) {
      await this.#client.send(new PutObjectCommand({ ...this.#object, Body }), this.#options);
      return;
    }
    await this.part(Body);
    const command = new CompleteMultipartUploadCommand({ ...this.#place, MultipartUpload: { Parts: this.#parts } });
    await this.#client.send(command, this.#options);
  }

  /** Parts are stored, and cost, until somebody says so. */
  async forget(): Promise<void> {
    if (this.#uploadId === undefined) return;
    const { AbortMultipartUploadCommand } = await import('@aws-sdk/client-s3');
    const command = new AbortMultipartUploadCommand(this.#place);
    // Why the upload failed is what matters. What stays behind is left to the bucket's lifecycle rule.
    await this.#client.send(command, { abortSignal: AbortSignal.timeout(FORGET_MS_MAX) }).catch(() => undefined);
  }

  get #place() {
    const { Bucket, Key } = this.#object;
    return { Bucket, Key, UploadId: this.#uploadId };
  }
}
