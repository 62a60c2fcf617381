import { ROUTED_CONTAINER } from '../../core/file/blob-name.ts';
import type { KeepsBlobs } from '../../core/ports.ts';
import { EndpointFailure } from '../../core/routing/endpoint.ts';
import type { FileStore, NewFile } from './file-store.ts';

/** A folder in the hub's own blob store. */
export class ContainerFiles implements FileStore {
  readonly #hub: KeepsBlobs;
  readonly #folder: string;

  constructor(hub: KeepsBlobs, folder: string) {
    this.#hub = hub;
    this.#folder = folder;
  }

  /** Another file of the same minute has the offset of its first message in its name. */
  async name(base: string, firstOffset: number, extension: string): Promise<string> {
    const name = `${this.#folder}/${base}.${extension}`;
    const there = await this.#hub.blobs.find({ container: ROUTED_CONTAINER, name });
    if (there === undefined || there.metadata.firstoffset === String(firstOffset)) return name;
    return `${this.#folder}/${base}-${firstOffset}.${extension}`;
  }

  /** The content fails when the file is abandoned, which is all that the store needs to be told. */
  async put({ name, contentType, firstOffset, content }: NewFile): Promise<void> {
    const headers = { ...NO_HEADERS, contentType };
    const metadata = { firstoffset: String(firstOffset) };
    const body = { chunks: content, bytes: undefined, md5: undefined };
    await this.#hub.blobs.put({ container: ROUTED_CONTAINER, name }, body, { headers, metadata });
  }

  /** The store's own words: a full disk passes when somebody makes room. */
  failure(error: unknown): EndpointFailure {
    const words = `the file could not be written: ${(error as Error).message}`;
    return new EndpointFailure('transient', words, { cause: error });
  }

  async close(): Promise<void> {}
}

const NO_HEADERS = {
  contentType: null,
  contentEncoding: null,
  contentLanguage: null,
  contentDisposition: null,
  cacheControl: null,
  contentMd5: null,
};
