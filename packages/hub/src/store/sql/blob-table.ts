import { randomBytes } from 'node:crypto';
import { HubError, LIMITS } from '@viaduct/contracts';
import type { Kysely, Selectable } from 'kysely';
import type {
  BlobBlock,
  BlobGuard,
  BlobPlace,
  BlobRecord,
  BlobStats,
  BlobStore,
  BlockChoice,
  ListBlobs,
  NewBlob,
} from '../../core/ports.ts';
import type { GroupWriter } from './group-writer.ts';
import type { BlobTable as Columns, HubSchema } from './schema.ts';
import { type StagedCount, StagedCounts } from './staged-counts.ts';

/** A content file, and how much of the blob it is. */
export interface BlobPart {
  readonly blockId: string;
  readonly file: string;
  readonly bytes: number;
}

/** What a write did: the blob as it is now, and files that nothing refers to any more. */
export interface BlobWrite {
  readonly blob: BlobRecord;
  readonly freed: readonly string[];
}

type Db = Kysely<HubSchema>;

/**
 * Which blob is which content files, and what is staged for it. Knows names and sizes; the files are the folder's.
 *
 * Names are kept as UTF-8 bytes: they compare in the order of the wire, and a prefix is a range of them.
 */
export class BlobTable {
  readonly #reader: Db;
  readonly #writer: GroupWriter;
  /** What is staged for a place, of places asked for lately: counting would read all of it each time. */
  readonly #stagedOf = new Map<string, StagedCount>();
  /** Of what is committed to the database. */
  readonly staged = new StagedCounts();
  #blobs = 0;
  #bytes = 0;

  constructor(reader: Db, writer: GroupWriter) {
    this.#reader = reader;
    this.#writer = writer;
  }

  /** Counts what is there, once. */
  async open(): Promise<void> {
    const blobs = await this.#reader
      .selectFrom('blob')
      .select(({ fn }) => [fn.countAll<number>().as('count'), fn.sum<number | null>('bytes').as('bytes')])
      .executeTakeFirstOrThrow();
    this.#blobs = blobs.count;
    this.#bytes = blobs.bytes ?? 0;
    const staged = await this.#reader
      .selectFrom('blob_stage')
      .select(['container', 'name'])
      .select(({ fn }) => [fn.countAll<number>().as('blocks'), fn.sum<number>('bytes').as('bytes')])
      .groupBy(['container', 'name'])
      .execute();
    for (const { container, name, blocks, bytes } of staged) {
      this.staged.add({ container, name: name.toString('utf8') }, { blocks, bytes });
    }
  }

  get stats(): BlobStats {
    const { blocks, bytes } = this.staged.ofAll();
    return { blobs: this.#blobs, bytes: this.#bytes, stagedBlocks: blocks, stagedBytes: bytes };
  }

  async find(place: BlobPlace): Promise<BlobRecord | undefined> {
    const row = await rowAt(this.#reader, place);
    return row && recordOf(row);
  }

  /** A blob and its content in one look, so that the two fit. */
  async findWithParts(place: BlobPlace): Promise<{ blob: BlobRecord; parts: readonly BlobPart[] } | undefined> {
    const rows = await this.#reader
      .selectFrom('blob')
      .leftJoin('blob_part', 'blob_part.blob_id', 'blob.id')
      .selectAll('blob')
      .select(['blob_part.block_id', 'blob_part.file', 'blob_part.bytes as part_bytes'])
      .where('container', '=', place.container)
      .where('name', '=', bytesOf(place.name))
      .orderBy('blob_part.position')
      .execute();
    const [first] = rows;
    if (first === undefined) return undefined;
    const parts = rows.flatMap(({ block_id: blockId, file, part_bytes: bytes }) =>
      blockId === null || file === null || bytes === null ? [] : [{ blockId, file, bytes }],
    );
    return { blob: recordOf(first), parts };
  }

  async list({ container, prefix = '', after, from, limit }: ListBlobs): Promise<readonly BlobRecord[]> {
    const end = endOfPrefix(bytesOf(prefix));
    const rows = await this.#reader
      .selectFrom('blob')
      .selectAll()
      .where('container', '=', container)
      .where('name', '>=', bytesOf(prefix))
      .$if(end !== undefined, (query) => query.where('name', '<', end ?? EMPTY))
      .$if(after !== undefined, (query) => query.where('name', '>', bytesOf(after ?? '')))
      .$if(from !== undefined, (query) => query.where('name', '>=', bytesOf(from ?? '')))
      .orderBy('name')
      .limit(limit)
      .execute();
    return rows.map(recordOf);
  }

  async blocks(place: BlobPlace): ReturnType<BlobStore['blocks']> {
    const found = await this.findWithParts(place);
    const staged = await stagedAt(this.#reader, place);
    const blockOf = (part: BlobPart): BlobBlock => ({ id: part.blockId, bytes: part.bytes });
    return { committed: (found?.parts ?? []).filter(isBlock).map(blockOf), staged: staged.map(blockOf) };
  }

  /** The blob is this one file. What was staged is dropped. */
  async put(place: BlobPlace, part: BlobPart, blob: NewBlob, now: number): Promise<BlobWrite> {
    return this.#replace(place, blob, now, () => [part]);
  }

  /** The blob is these blocks. @throws HubError blob.blockListInvalid, blob.tooLarge */
  async commit(place: BlobPlace, choices: readonly BlockChoice[], blob: NewBlob, now: number, bytesMax: number) {
    return this.#replace(place, blob, now, (committed, staged) => {
      const parts = chosenParts(choices, committed.filter(isBlock), staged);
      const bytes = sumBytes(parts);
      if (bytes > bytesMax) {
        throw new HubError('blob.tooLarge', `the blocks come to ${bytes} bytes; a blob has at most ${bytesMax}`);
      }
      return parts;
    });
  }

  /**
   * Returns the file of a block of the same id that this one replaces. A blob cannot have staged more than it may ever be.
   *
   * @throws HubError blob.tooManyBlocks, blob.tooLarge
   */
  async stage(
    place: BlobPlace,
    { blockId, file, bytes }: BlobPart,
    now: number,
    bytesMax: number,
  ): Promise<string | undefined> {
    const name = bytesOf(place.name);
    const key = keyOf(place);
    const staging = this.#writer.write(async (db) => {
      const [old] = await stagedAt(db, place, blockId);
      const staged = this.#stagedOf.get(key) ?? (await countStaged(db, place));
      const blocks = staged.blocks + (old === undefined ? 1 : 0);
      const stagedBytes = staged.bytes + bytes - (old?.bytes ?? 0);
      if (blocks > LIMITS.BLOB_BLOCKS_MAX) {
        throw new HubError('blob.tooManyBlocks', `${staged.blocks} blocks of this blob are staged`);
      }
      if (stagedBytes > bytesMax) {
        throw new HubError('blob.tooLarge', `${stagedBytes} bytes are staged; a blob has at most ${bytesMax}`);
      }
      const row = { container: place.container, name, block_id: blockId, file, bytes, staged_time: now };
      await db.replaceInto('blob_stage').values(row).execute();
      this.#rememberStaged(key, { blocks, bytes: stagedBytes });
      return old;
    });
    // What was counted for a commit that failed is not there.
    staging.catch(() => this.#stagedOf.delete(key));
    const replaced = await staging;
    this.staged.add(place, { blocks: replaced === undefined ? 1 : 0, bytes: bytes - (replaced?.bytes ?? 0) });
    return replaced?.file;
  }

  async update(
    place: BlobPlace,
    { headers, metadata, guard }: Parameters<BlobStore['update']>[1],
    now: number,
  ): Promise<BlobRecord | undefined> {
    return this.#writer.write(async (db) => {
      const row = await rowAt(db, place);
      const current = row && recordOf(row);
      guard?.(current);
      if (row === undefined || current === undefined) return undefined;
      const blob: BlobRecord = {
        ...current,
        ...headers,
        metadata: metadata ?? current.metadata,
        etag: newEtag(),
        modifiedTime: now,
      };
      await db.updateTable('blob').set(columnsOf(blob)).where('id', '=', row.id).execute();
      return blob;
    });
  }

  /** Undefined when there is no such blob; else the files that nothing refers to any more. */
  async remove(place: BlobPlace, guard: BlobGuard | undefined): Promise<readonly string[] | undefined> {
    const removed = await this.#writer.write(async (db) => {
      const old = await takeCurrent(db, place, guard);
      if (old.blob === undefined) return undefined;
      const staged = await takeStaged(db, place);
      return { old, staged };
    });
    if (removed === undefined) return undefined;
    this.#forget(place, removed.old.blob, removed.staged);
    return filesOf([...removed.old.parts, ...removed.staged]);
  }

  async discardStaged(place: BlobPlace): Promise<readonly string[]> {
    const [waiting] = await stagedAt(this.#reader, place, undefined, 1);
    if (waiting === undefined) return [];
    const staged = await this.#writer.write((db) => takeStaged(db, place));
    this.#forget(place, undefined, staged);
    return filesOf(staged);
  }

  /** Places with a block that was staged before this time. */
  async placesStagedBefore(time: number, limit: number): Promise<readonly BlobPlace[]> {
    const rows = await this.#reader
      .selectFrom('blob_stage as old')
      .select(['container', 'name'])
      .distinct()
      .where('staged_time', '<', time)
      // A blob whose blocks still arrive is not forgotten; the time counts from the last one.
      .where(({ not, exists, selectFrom }) => {
        const younger = selectFrom('blob_stage as young')
          .select('young.block_id')
          .whereRef('young.container', '=', 'old.container')
          .whereRef('young.name', '=', 'old.name')
          .where('young.staged_time', '>=', time);
        return not(exists(younger));
      })
      .limit(limit)
      .execute();
    return rows.map(({ container, name }) => ({ container, name: name.toString('utf8') }));
  }

  /** Those of these files that something refers to. */
  async referred(files: readonly string[]): Promise<ReadonlySet<string>> {
    const found = new Set<string>();
    for (const some of pagesOf(files, FILES_AT_ONCE)) {
      for (const table of ['blob_part', 'blob_stage'] as const) {
        const rows = await this.#reader.selectFrom(table).select('file').where('file', 'in', some).execute();
        for (const { file } of rows) found.add(file);
      }
    }
    return found;
  }

  async #replace(
    place: BlobPlace,
    { headers, metadata, guard }: NewBlob,
    now: number,
    choose: (committed: readonly BlobPart[], staged: readonly BlobPart[]) => readonly BlobPart[],
  ): Promise<BlobWrite> {
    const { old, staged, parts, blob } = await this.#writer.write(async (db) => {
      const old = await takeCurrent(db, place, guard);
      const staged = await takeStaged(db, place);
      const parts = choose(old.parts, staged);
      const createdTime = old.blob?.createdTime ?? now;
      const bytes = sumBytes(parts);
      const { container, name } = place;
      const blob = { container, name, ...headers, metadata, bytes, etag: newEtag(), createdTime, modifiedTime: now };
      await insertBlob(db, blob, parts);
      return { old, staged, parts, blob };
    });
    this.#forget(place, old.blob, staged);
    this.#blobs += 1;
    this.#bytes += blob.bytes;
    const kept = new Set(parts.map(({ file }) => file));
    return { blob, freed: filesOf([...old.parts, ...staged]).filter((file) => !kept.has(file)) };
  }

  #forget(place: BlobPlace, blob: BlobRecord | undefined, staged: readonly BlobPart[]): void {
    this.#stagedOf.delete(keyOf(place));
    this.staged.add(place, { blocks: -staged.length, bytes: -sumBytes(staged) });
    if (blob === undefined) return;
    this.#blobs -= 1;
    this.#bytes -= blob.bytes;
  }

  #rememberStaged(key: string, count: StagedCount): void {
    if (this.#stagedOf.size >= COUNTS_MAX) this.#stagedOf.clear();
    this.#stagedOf.set(key, count);
  }
}

/** Forgetting one costs a count, no more. */
const COUNTS_MAX = 1_000;
const FILES_AT_ONCE = 500;
const ROWS_AT_ONCE = 1_000;
const EMPTY = Buffer.alloc(0);

function rowAt(db: Db, { container, name }: BlobPlace): Promise<Selectable<Columns> | undefined> {
  return db
    .selectFrom('blob')
    .selectAll()
    .where('container', '=', container)
    .where('name', '=', bytesOf(name))
    .executeTakeFirst();
}

async function stagedAt(db: Db, place: BlobPlace, blockId?: string, limit?: number): Promise<readonly BlobPart[]> {
  const rows = await db
    .selectFrom('blob_stage')
    .select(['block_id', 'file', 'bytes'])
    .where('container', '=', place.container)
    .where('name', '=', bytesOf(place.name))
    .$if(blockId !== undefined, (query) => query.where('block_id', '=', blockId ?? ''))
    .$if(limit !== undefined, (query) => query.limit(limit ?? 0))
    .execute();
  return rows.map(({ block_id, file, bytes }) => ({ blockId: block_id, file, bytes }));
}

async function countStaged(db: Db, place: BlobPlace): Promise<StagedCount> {
  const { blocks, bytes } = await db
    .selectFrom('blob_stage')
    .select(({ fn }) => [fn.countAll<number>().as('blocks'), fn.sum<number | null>('bytes').as('bytes')])
    .where('container', '=', place.container)
    .where('name', '=', bytesOf(place.name))
    .executeTakeFirstOrThrow();
  return { blocks, bytes: bytes ?? 0 };
}

/** Removes what is there, once the guard has let it pass. */
async function takeCurrent(db: Db, place: BlobPlace, guard: BlobGuard | undefined) {
  const row = await rowAt(db, place);
  const blob = row && recordOf(row);
  guard?.(blob);
  if (row === undefined) return { blob, parts: [] };
  const parts = await db
    .selectFrom('blob_part')
    .select(['block_id', 'file', 'bytes'])
    .where('blob_id', '=', row.id)
    .orderBy('position')
    .execute();
  await db.deleteFrom('blob_part').where('blob_id', '=', row.id).execute();
  await db.deleteFrom('blob').where('id', '=', row.id).execute();
  return { blob, parts: parts.map(({ block_id, file, bytes }) => ({ blockId: block_id, file, bytes })) };
}

async function takeStaged(db: Db, place: BlobPlace): Promise<readonly BlobPart[]> {
  const staged = await stagedAt(db, place);
  if (staged.length === 0) return staged;
  await db
    .deleteFrom('blob_stage')
    .where('container', '=', place.container)
    .where('name', '=', bytesOf(place.name))
    .execute();
  return staged;
}

async function insertBlob(db: Db, blob: BlobRecord, parts: readonly BlobPart[]): Promise<void> {
  const columns = { container: blob.container, name: bytesOf(blob.name), bytes: blob.bytes, ...columnsOf(blob) };
  const { insertId } = await db
    .insertInto('blob')
    .values({ ...columns, created_time: blob.createdTime })
    .executeTakeFirstOrThrow();
  const rows = parts.map(({ blockId, file, bytes }, position) => ({
    ...{ blob_id: Number(insertId), position, block_id: blockId },
    ...{ file, bytes },
  }));
  for (const some of pagesOf(rows, ROWS_AT_ONCE)) await db.insertInto('blob_part').values(some).execute();
}

function chosenParts(
  choices: readonly BlockChoice[],
  committed: readonly BlobPart[],
  staged: readonly BlobPart[],
): readonly BlobPart[] {
  const ofBlob = new Map(committed.map((part) => [part.blockId, part]));
  const ofStage = new Map(staged.map((part) => [part.blockId, part]));
  return choices.map(({ id, from }) => {
    const part =
      (from === 'committed' ? undefined : ofStage.get(id)) ?? (from === 'uncommitted' ? undefined : ofBlob.get(id));
    if (part === undefined) {
      throw new HubError('blob.blockListInvalid', `there is no ${from} block "${id.slice(0, 88)}"`);
    }
    return part;
  });
}

function isBlock({ blockId }: BlobPart): boolean {
  return blockId !== '';
}

function recordOf(row: Selectable<Columns>): BlobRecord {
  return {
    container: row.container,
    name: row.name.toString('utf8'),
    bytes: row.bytes,
    etag: row.etag,
    createdTime: row.created_time,
    modifiedTime: row.modified_time,
    contentType: row.content_type,
    contentEncoding: row.content_encoding,
    contentLanguage: row.content_language,
    contentDisposition: row.content_disposition,
    cacheControl: row.cache_control,
    contentMd5: row.content_md5,
    metadata: JSON.parse(row.metadata) as Record<string, string>,
  };
}

/** What may change while the content stays. */
function columnsOf(blob: BlobRecord) {
  return {
    etag: blob.etag,
    modified_time: blob.modifiedTime,
    content_type: blob.contentType,
    content_encoding: blob.contentEncoding,
    content_language: blob.contentLanguage,
    content_disposition: blob.contentDisposition,
    cache_control: blob.cacheControl,
    content_md5: blob.contentMd5,
    metadata: JSON.stringify(blob.metadata),
  };
}

/** In the manner of storage: `0x` and hexadecimal digits. */
function newEtag(): string {
  return `0x${randomBytes(8).toString('hex').toUpperCase()}`;
}

function bytesOf(name: string): Buffer {
  return Buffer.from(name, 'utf8');
}

function keyOf({ container, name }: BlobPlace): string {
  return `${container}/${name}`;
}

/** The first bytes after all that begin so; undefined when there are none, for nothing precedes all names. */
function endOfPrefix(prefix: Buffer): Buffer | undefined {
  if (prefix.length === 0) return undefined;
  const end = Buffer.from(prefix);
  // UTF-8 has no byte 0xff, so the last one can always be raised.
  end.writeUInt8(end.readUInt8(end.length - 1) + 1, end.length - 1);
  return end;
}

function sumBytes(parts: readonly { readonly bytes: number }[]): number {
  return parts.reduce((sum, { bytes }) => sum + bytes, 0);
}

function filesOf(parts: readonly BlobPart[]): readonly string[] {
  return [...new Set(parts.map(({ file }) => file))];
}

function* pagesOf<T>(all: readonly T[], size: number): Generator<readonly T[]> {
  for (let at = 0; at < all.length; at += size) yield all.slice(at, at + size);
}
