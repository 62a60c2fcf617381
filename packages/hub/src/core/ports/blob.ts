import type { Readable } from 'node:stream';

/** Where a blob is. The name is any well-formed text of 1 to LIMITS.BLOB_NAME_CHARACTERS_MAX characters, slashes and dots included. */
export interface BlobPlace {
  readonly container: string;
  readonly name: string;
}

/** What its writer says about a blob's content; null where he says nothing. */
export interface BlobHeaders {
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly contentLanguage: string | null;
  readonly contentDisposition: string | null;
  readonly cacheControl: string | null;
  /** Base64. Of a blob that was put whole it is computed; of one made of blocks it is what the writer says. */
  readonly contentMd5: string | null;
}

export interface BlobRecord extends BlobPlace, BlobHeaders {
  readonly bytes: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** Bare. Changes with every write. */
  readonly etag: string;
  /** Milliseconds since 1970. */
  readonly createdTime: number;
  readonly modifiedTime: number;
}

export interface NewBlob {
  readonly headers: BlobHeaders;
  readonly metadata: Readonly<Record<string, string>>;
  /** Looks at what is there when the new blob takes its place, and throws to stop it. */
  readonly guard?: BlobGuard;
}

/** Judges a write by what is there, in the transaction that writes. Throws a refusal, or lets it pass. */
export type BlobGuard = (current: BlobRecord | undefined) => void;

/** A part of a blob, staged or committed. */
export interface BlobBlock {
  /** Base64, as the writer chose it. */
  readonly id: string;
  readonly bytes: number;
}

export interface BlockChoice {
  readonly id: string;
  /** Where to look: among the blob's own blocks, the staged ones, or the staged ones first. */
  readonly from: 'committed' | 'uncommitted' | 'latest';
}

/** Bytes `start` to `end`, both counted in. */
export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export interface ListBlobs {
  readonly container: string;
  /** Names that begin so. */
  readonly prefix?: string;
  /** Names after this one, in the order of their UTF-8 bytes. */
  readonly after?: string;
  /** Names not before this one. */
  readonly from?: string;
  readonly limit: number;
}

/** Content on its way in: chunks, and what they must come to. */
export interface BlobBody {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** Declared length; a body of another length is refused and nothing is kept. Undefined when it was not declared. */
  readonly bytes: number | undefined;
  /** Base64; a body with another digest is refused and nothing is kept. */
  readonly md5: string | undefined;
}

export interface BlobStats {
  readonly blobs: number;
  readonly bytes: number;
  readonly stagedBlocks: number;
  readonly stagedBytes: number;
}

/**
 * Content by name. What a write resolved for is on disk; a reader sees the old content or the new, whole, also after a crash.
 *
 * Every write throws HubError blob.md5Mismatch, blob.tooLarge, blob.bodyIncomplete, store.unavailable (retry: the disk is
 * full), and leaves nothing behind then.
 */
export interface BlobStore {
  find(place: BlobPlace): Promise<BlobRecord | undefined>;
  /** In the order of the names' UTF-8 bytes. */
  list(query: ListBlobs): Promise<readonly BlobRecord[]>;
  /** Replaces what is there, and drops its staged blocks. */
  put(place: BlobPlace, body: BlobBody, blob: NewBlob): Promise<BlobRecord>;
  /** Resolves to the digest, base64. @throws HubError blob.tooManyBlocks, blob.stageFull as well */
  stageBlock(place: BlobPlace, blockId: string, body: BlobBody): Promise<string>;
  /** Makes the blob of these blocks and drops what is staged besides. @throws HubError blob.blockListInvalid as well */
  commitBlocks(place: BlobPlace, blocks: readonly BlockChoice[], blob: NewBlob): Promise<BlobRecord>;
  blocks(
    place: BlobPlace,
  ): Promise<{ readonly committed: readonly BlobBlock[]; readonly staged: readonly BlobBlock[] }>;
  /** Headers and metadata where given. Undefined when there is no such blob. */
  update(
    place: BlobPlace,
    change: {
      readonly headers?: BlobHeaders;
      readonly metadata?: Readonly<Record<string, string>>;
      readonly guard?: BlobGuard;
    },
  ): Promise<BlobRecord | undefined>;
  /**
   * The blob and its content; the stream is of this version, however often the blob is written meanwhile. The caller reads the
   * stream to its end or destroys it.
   */
  open(
    place: BlobPlace,
    range?: (blob: BlobRecord) => ByteRange | undefined,
  ): Promise<
    { readonly blob: BlobRecord; readonly range: ByteRange | undefined; readonly stream: Readable } | undefined
  >;
  /** With its staged blocks. False when there is no such blob. */
  remove(place: BlobPlace, guard?: BlobGuard): Promise<boolean>;
  /** What was staged for a blob and not committed. */
  discardStaged(place: BlobPlace): Promise<void>;
  /** What was staged for blobs of which no block came since this time; at most `limit` blobs. */
  discardStagedBefore(time: number, limit: number): Promise<void>;
  readonly stats: BlobStats;
}

export interface KeepsBlobs {
  readonly blobs: BlobStore;
}

/** What signs access to blobs. The account's name is part of what is signed. */
export interface SignsBlobs {
  readonly blobKey: Buffer;
}
