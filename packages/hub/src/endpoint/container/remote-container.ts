import { Readable } from 'node:stream';
import type { ContainerClient } from '@azure/storage-blob';
import { HubError } from '@viaduct/contracts';
import type { Container } from '../../core/ports.ts';

/** Of a blob that is written: what one request carries, and how many are under way. So much memory a job takes. */
const BLOCK_BYTES = 4 * 1_048_576;
const BLOCKS_UNDER_WAY = 2;
const TRIES = 4;
const TRY_MS_MAX = 60_000;

/**
 * A container at a storage service, by its own client: Azure Storage, or whatever speaks its protocol. The client speaks https
 * only, and follows no redirection to another host.
 *
 * @param onContact told the host before it is asked
 */
export function openRemoteContainer(uri: URL, onContact: (host: string) => void): Container {
  const told = async <T>(what: string, work: (client: ContainerClient) => Promise<T>): Promise<T> => {
    onContact(uri.host);
    // Loaded by the first job that needs it: it is large, and most servers never do.
    const { AnonymousCredential, ContainerClient, newPipeline, RestError } = await import('@azure/storage-blob');
    const retryOptions = { maxTries: TRIES, tryTimeoutInMs: TRY_MS_MAX };
    const client = new ContainerClient(uri.href, newPipeline(new AnonymousCredential(), { retryOptions }));
    return work(client).catch((thrown: unknown) => {
      if (!(thrown instanceof RestError)) throw thrown;
      throw refusalOf(thrown, uri, what);
    });
  };
  return {
    read: (blobName, abortSignal) =>
      told(`cannot be read as "${blobName}"`, async (client) => {
        const answer = await client.getBlobClient(blobName).download(0, undefined, { abortSignal });
        const { readableStreamBody, contentLength = 0 } = answer;
        if (readableStreamBody === undefined) throw new TypeError('a client on Node answers with a stream');
        return { bytes: contentLength, chunks: readableStreamBody as AsyncIterable<Buffer> };
      }),
    write: (blobName, chunks, abortSignal) =>
      told(`cannot be written as "${blobName}"`, async (client) => {
        const content = Readable.from(chunks, { objectMode: false });
        const blobHTTPHeaders = { blobContentType: 'text/plain; charset=utf-8' };
        await client
          .getBlockBlobClient(blobName)
          .uploadStream(content, BLOCK_BYTES, BLOCKS_UNDER_WAY, { abortSignal, blobHTTPHeaders });
      }),
  };
}

/** What the service says, without the address, whose signature is a secret. */
function refusalOf(
  cause: Error & { readonly statusCode?: number; readonly code?: string },
  { host, pathname }: URL,
  what: string,
): HubError {
  const { statusCode, code } = cause;
  const why =
    statusCode === undefined ? `it cannot be reached (${code ?? 'no answer'})` : `${code ?? 'no code'}, ${statusCode}`;
  return new HubError('container.invalid', `https://${host}${pathname} ${what}: ${why}`, { cause });
}
