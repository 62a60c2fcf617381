import { createHash, randomBytes } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { LIMITS } from '@viaduct/contracts';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BlobBody, BlobHeaders, BlobPlace, BlobStore, BlockChoice } from '../../core/ports.ts';
import { type HubStore, openSqliteStore } from '../sqlite/open-sqlite-store.ts';
import { type BlobDisk, realBlobDisk } from './blob-disk.ts';
import { FolderBlobStore } from './folder-blob-store.ts';

let directory: string;
let tables: HubStore;
let store: FolderBlobStore;
let now = 1_000;
const encryptionKey = randomBytes(32);

async function open(disk: BlobDisk = realBlobDisk): Promise<void> {
  tables = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey });
  const clock = { now: () => now };
  store = await FolderBlobStore.open({ table: tables.blobTable, directory: join(directory, 'blobs'), clock, disk });
}

async function close(): Promise<void> {
  await store.close();
  await tables.close();
}

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'viaduct-blobs-'));
  now = 1_000;
  await open();
});
afterEach(async () => {
  await close();
  await rm(directory, { recursive: true, force: true });
});

const HEADERS: BlobHeaders = {
  ...{ contentType: 'text/plain', contentEncoding: null, contentLanguage: null },
  ...{ contentDisposition: null, cacheControl: null, contentMd5: null },
};
const PLAIN = { headers: HEADERS, metadata: {} };
const at = (name: string): BlobPlace => ({ container: 'c', name });

function body(...chunks: string[]): BlobBody {
  return { chunks: stream(chunks.map((chunk) => Buffer.from(chunk))), bytes: undefined, md5: undefined };
}

async function* stream(chunks: readonly Buffer[]): AsyncGenerator<Buffer> {
  yield* chunks;
}

const put = (name: string, content: string) => store.put(at(name), body(content), PLAIN);

async function contentOf(name: string, from: BlobStore = store): Promise<string | undefined> {
  const opened = await from.open(at(name));
  return opened && Buffer.concat(await opened.stream.toArray()).toString();
}

async function files(): Promise<string[]> {
  const entries = await readdir(join(directory, 'blobs'), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

const NASTY = [
  '..',
  '../..',
  '../../../etc/passwd',
  '/etc/passwd',
  '.',
  './x',
  'a/../../b',
  'a//b',
  '%2e%2e%2f',
  '%2F',
  '\\..\\x',
  'C:\\windows\\x',
  'nul\0byte',
  'CON',
  'aux.txt',
  'x'.repeat(1_024),
  'é'.repeat(1_024),
  '😀'.repeat(512),
  'Case',
  'case',
  'CASE',
  ' ',
  'trailing.',
  'trailing/',
  '\u202egpj.exe',
  'é',
  'e\u0301',
  "'; DROP TABLE blob; --",
];

describe('names', () => {
  it('keeps blobs apart whose names look like paths, reserved words or each other', async () => {
    for (const name of NASTY) await put(name, `content of ${name}`);
    for (const name of NASTY) expect(await contentOf(name)).toBe(`content of ${name}`);
    const listed = await store.list({ container: 'c', limit: 100 });
    expect(listed.map(({ name }) => name)).toEqual(
      [...NASTY].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))),
    );
    await onlyChanceNames();
  });

  it('takes any well-formed name, and every file stays in the folder', async () => {
    const anyName = fc
      .string({ unit: 'binary', minLength: 1, maxLength: 60 })
      .filter((name) => !/\p{Surrogate}/u.test(name));
    await fc.assert(
      fc.asyncProperty(anyName, async (name) => {
        await put(name, name);
        expect(await contentOf(name)).toBe(name);
        expect((await store.list({ container: 'c', prefix: name, limit: 1 }))[0]?.name).toBe(name);
        expect(await store.remove(at(name))).toBe(true);
        expect(await store.find(at(name))).toBeUndefined();
      }),
      { numRuns: 60 },
    );
    await onlyChanceNames();
    expect(await readdir(directory)).toEqual(expect.arrayContaining(['blobs', 'hub.sqlite']));
  });

  async function onlyChanceNames(): Promise<void> {
    const inside = join(directory, 'blobs');
    for (const file of await files()) expect(file.slice(inside.length)).toMatch(/^\/[0-9a-f]{2}\/[0-9a-f]{32}$/);
  }
});

describe('a blob put whole', () => {
  it('is replaced in one step, and the old file goes', async () => {
    await put('a', 'old');
    const first = await store.find(at('a'));
    await put('a', 'new');
    const second = await store.find(at('a'));
    expect(await contentOf('a')).toBe('new');
    expect(second?.etag).not.toBe(first?.etag);
    await expect.poll(() => files()).toHaveLength(1);
  });

  it('is given to a reader as it was when he began, however often it is written meanwhile', async () => {
    await put('a', 'old');
    const reading = await store.open(at('a'));
    await put('a', 'new');
    await store.remove(at('a'));
    expect(Buffer.concat(await (reading?.stream.toArray() ?? [])).toString()).toBe('old');
    await expect.poll(() => files()).toHaveLength(0);
  });

  it('lets go of a file that somebody opened and never read', async () => {
    await put('a', 'old');
    const reading = await store.open(at('a'));
    await store.remove(at('a'));
    reading?.stream.destroy();
    await expect.poll(() => files()).toHaveLength(0);
  });

  it.each([
    ['another digest', { md5: createHash('md5').update('other').digest('base64') }, 'blob.md5Mismatch'],
    ['fewer bytes than announced', { bytes: 100 }, 'blob.bodyIncomplete'],
  ])('leaves what was there and nothing else when it has %s', async (_what, told, code) => {
    await put('a', 'old');
    await expect(store.put(at('a'), { ...body('new'), ...told }, PLAIN)).rejects.toMatchObject({ code });
    expect(await contentOf('a')).toBe('old');
    expect(await files()).toHaveLength(1);
  });

  it('leaves what was there when its sender leaves half-way', async () => {
    await put('a', 'old');
    const broken = (async function* () {
      yield Buffer.from('half');
      throw Object.assign(new TypeError('aborted'), { code: 'ECONNRESET' });
    })();
    const coming = store.put(at('a'), { ...body(), chunks: broken }, PLAIN);
    await expect(coming).rejects.toMatchObject({ code: 'blob.bodyIncomplete' });
    expect(await contentOf('a')).toBe('old');
    expect(await files()).toHaveLength(1);
  });

  it('is refused past the bound before it is kept, announced or not', async () => {
    const bytes = LIMITS.BLOB_BYTES_MAX + 1;
    await expect(store.put(at('a'), { ...body(''), bytes }, PLAIN)).rejects.toMatchObject({ code: 'blob.tooLarge' });
    await close();
    tables = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey });
    const options = { table: tables.blobTable, directory: join(directory, 'blobs'), clock: { now: () => now } };
    store = await FolderBlobStore.open({ ...options, blobBytesMax: 5 });
    await expect(put('a', '123456')).rejects.toMatchObject({ code: 'blob.tooLarge' });
    expect(await files()).toHaveLength(0);
  });

  it('is read in part', async () => {
    await put('a', '0123456789');
    const opened = await store.open(at('a'), () => ({ start: 3, end: 5 }));
    expect(Buffer.concat(await (opened?.stream.toArray() ?? [])).toString()).toBe('345');
  });
});

describe('blocks', () => {
  const latest = (...ids: string[]): BlockChoice[] => ids.map((id) => ({ id, from: 'latest' }));
  const commit = (blocks: readonly BlockChoice[]) => store.commitBlocks(at('b'), blocks, PLAIN);
  const stage = (id: string, content: string) => store.stageBlock(at('b'), id, body(content));

  it('become a blob in the order of the list, each as often as it is named', async () => {
    await stage('AAAA', 'one ');
    await stage('AAAB', 'two ');
    expect(await store.find(at('b'))).toBeUndefined();
    const blob = await commit(latest('AAAB', 'AAAA', 'AAAB'));
    expect(blob.bytes).toBe(12);
    expect(await contentOf('b')).toBe('two one two ');
    const middle = await store.open(at('b'), () => ({ start: 2, end: 9 }));
    expect(Buffer.concat(await (middle?.stream.toArray() ?? [])).toString()).toBe('o one tw');
  });

  it('may be mixed with those the blob has', async () => {
    await stage('AAAA', 'old A ');
    await stage('AAAB', 'old B ');
    await commit(latest('AAAA', 'AAAB'));
    await stage('AAAA', 'new A ');
    await commit([
      { id: 'AAAA', from: 'committed' },
      { id: 'AAAA', from: 'uncommitted' },
      { id: 'AAAB', from: 'latest' },
    ]);
    expect(await contentOf('b')).toBe('old A new A old B ');
    await commit([{ id: 'AAAB', from: 'committed' }]);
    expect(await contentOf('b')).toBe('old B ');
    await expect.poll(() => files()).toHaveLength(1);
  });

  it('that nobody staged are refused, and what is staged stays', async () => {
    await stage('AAAA', 'one');
    const wrong: readonly BlockChoice[] = [{ id: 'AAAA', from: 'committed' }];
    await expect(commit(wrong)).rejects.toMatchObject({ code: 'blob.blockListInvalid' });
    await expect(commit(latest('AAAA', 'ZZZZ'))).rejects.toMatchObject({ code: 'blob.blockListInvalid' });
    expect((await store.blocks(at('b'))).staged).toEqual([{ id: 'AAAA', bytes: 3 }]);
    await commit(latest('AAAA'));
    expect(await contentOf('b')).toBe('one');
  });

  it('staged twice count once; those that the list does not name are dropped', async () => {
    await stage('AAAA', 'first');
    await stage('AAAA', 'second');
    await stage('AAAB', 'unused');
    expect(store.stats).toMatchObject({ stagedBlocks: 2, stagedBytes: 12 });
    await commit(latest('AAAA'));
    expect(await contentOf('b')).toBe('second');
    expect(store.stats).toEqual({ blobs: 1, bytes: 6, stagedBlocks: 0, stagedBytes: 0 });
    await expect.poll(() => files()).toHaveLength(1);
  });

  it('staged for one blob come to no more than a blob may be, however often one is replaced', async () => {
    await close();
    tables = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey });
    const options = { table: tables.blobTable, directory: join(directory, 'blobs'), clock: { now: () => now } };
    store = await FolderBlobStore.open({ ...options, blobBytesMax: 10 });
    await stage('AAAA', '12345');
    await stage('AAAA', '123456');
    await expect(stage('AAAB', '12345')).rejects.toMatchObject({ code: 'blob.tooLarge' });
    await stage('AAAB', '1234');
    expect(store.stats).toMatchObject({ stagedBlocks: 2, stagedBytes: 10 });
    await expect.poll(() => files()).toHaveLength(2);
  });

  it('that nobody commits go after a while, counted from the last one', async () => {
    await stage('AAAA', 'old');
    now += 1_000;
    await stage('AAAB', 'younger');
    await store.discardStagedBefore(now, 10);
    expect((await store.blocks(at('b'))).staged).toHaveLength(2);
    await store.discardStagedBefore(now + 1, 10);
    expect((await store.blocks(at('b'))).staged).toHaveLength(0);
    await expect.poll(() => files()).toHaveLength(0);
  });

  it('of one device, staged or on their way, are bounded, and leave room to others', async () => {
    const reopen = async () => {
      await close();
      tables = await openSqliteStore({ file: join(directory, 'hub.sqlite'), encryptionKey });
      const options = { table: tables.blobTable, directory: join(directory, 'blobs'), clock: { now: () => now } };
      store = await FolderBlobStore.open({ ...options, blobBytesMax: 10, stagedBytesPerDeviceMax: 15 });
    };
    await reopen();
    const stageAt = (name: string) => store.stageBlock(at(name), 'AAAA', { ...body('12345678'), bytes: 8 });
    const both = await Promise.allSettled([stageAt('d1/a'), stageAt('d1/m/b')]);
    expect(both).toMatchObject([{ status: 'fulfilled' }, { reason: { code: 'blob.stageFull' } }]);
    await expect(stageAt('d1/b')).rejects.toMatchObject({ code: 'blob.stageFull' });
    await stageAt('d10/a');
    await reopen();
    await expect(stageAt('d1/b')).rejects.toMatchObject({ code: 'blob.stageFull' });
    await store.commitBlocks(at('d1/a'), latest('AAAA'), PLAIN);
    await stageAt('d1/b');
  });

  it('may be many thousands', { timeout: 60_000 }, async () => {
    await stage('AAAA', 'x');
    await commit(Array.from({ length: 20_000 }, () => ({ id: 'AAAA', from: 'latest' })));
    expect((await store.find(at('b')))?.bytes).toBe(20_000);
    expect((await contentOf('b'))?.length).toBe(20_000);
  });
});

describe('a disk that cannot', () => {
  it('refuses a blob when it is full, keeps what was there and leaves nothing half', async () => {
    await close();
    let full = false;
    await open({
      ...realBlobDisk,
      create: async (path) => {
        const file = await realBlobDisk.create(path);
        return full ? { ...file, write: () => Promise.reject(diskError('ENOSPC')) } : file;
      },
    });
    await put('a', 'old');
    full = true;
    const refused = { code: 'store.unavailable', message: expect.stringContaining('full') };
    await expect(put('a', 'new')).rejects.toMatchObject(refused);
    await expect(store.stageBlock(at('a'), 'AAAA', body('new'))).rejects.toMatchObject(refused);
    full = false;
    expect(await contentOf('a')).toBe('old');
    expect(await files()).toHaveLength(1);
    await put('a', 'new');
    expect(await contentOf('a')).toBe('new');
  });

  it('is not filled to its last byte, for the event log needs it too', async () => {
    await close();
    await open({ ...realBlobDisk, freeBytes: async () => LIMITS.BLOB_DISK_RESERVE_BYTES + 10 });
    await put('a', 'fits');
    const body = { chunks: stream([Buffer.alloc(20)]), bytes: 20, md5: undefined };
    await expect(store.put(at('b'), body, PLAIN)).rejects.toMatchObject({ code: 'store.unavailable' });
  });

  it('counts what blobs and blocks under way have brought, whichever is first, until it is flushed', async () => {
    await close();
    await open({ ...realBlobDisk, freeBytes: async () => LIMITS.BLOB_DISK_RESERVE_BYTES + 1.5 * PORTION });
    const portion = () => ({ chunks: stream([Buffer.alloc(PORTION)]), bytes: PORTION, md5: undefined });
    for (const write of [
      (body: BlobBody) => store.put(at('a'), body, PLAIN),
      (body: BlobBody) => store.stageBlock(at('a'), 'AAAA', body),
    ]) {
      const slow = slowly(Buffer.alloc(PORTION));
      const writing = write(slow);
      await slow.brought;
      await expect(store.put(at('b'), portion(), PLAIN)).rejects.toMatchObject({ code: 'store.unavailable' });
      const block = store.stageBlock(at('b'), 'AAAA', { ...portion(), bytes: undefined });
      await expect(block).rejects.toMatchObject({ code: 'store.unavailable' });
      slow.end();
      await writing;
      await write(portion());
    }
  });

  it('has room for others whatever somebody announces and does not send', async () => {
    await close();
    await open({ ...realBlobDisk, freeBytes: async () => LIMITS.BLOB_DISK_RESERVE_BYTES + 2 * PORTION });
    const slow = slowly(Buffer.alloc(1));
    const writing = store.put(at('a'), { ...slow, bytes: 2 * PORTION }, PLAIN);
    await slow.brought;
    await store.put(at('b'), { chunks: stream([Buffer.alloc(PORTION)]), bytes: PORTION, md5: undefined }, PLAIN);
    slow.end();
    await expect(writing).rejects.toMatchObject({ code: 'blob.bodyIncomplete' });
  });

  /** What the folder writes at a time. */
  const PORTION = 262_144;

  /** A body whose end is kept back. */
  function slowly(content: Buffer): BlobBody & { readonly brought: Promise<unknown>; readonly end: () => void } {
    const signal = new EventEmitter();
    const brought = once(signal, 'brought');
    const ended = once(signal, 'end');
    const chunks = (async function* () {
      yield content;
      signal.emit('brought');
      await ended;
    })();
    return { chunks, bytes: undefined, md5: undefined, brought, end: () => signal.emit('end') };
  }

  it('whose last flush fails gives no blob', async () => {
    await close();
    const sync = () => Promise.reject(diskError('EIO'));
    await open({ ...realBlobDisk, create: async (path) => ({ ...(await realBlobDisk.create(path)), sync }) });
    await expect(put('a', 'x')).rejects.toMatchObject({ code: 'store.unavailable' });
    expect(await store.find(at('a'))).toBeUndefined();
    expect(await files()).toHaveLength(0);
  });

  function diskError(code: string): Error {
    return Object.assign(new TypeError(code), { code });
  }
});

describe('a start', () => {
  it('finds everything again, and takes what a crash left without a row', async () => {
    await put('a', 'kept');
    await store.stageBlock(at('b'), 'AAAA', body('staged'));
    const [file = ''] = await files();
    const shard = basename(dirname(file));
    await writeFile(join(dirname(file), shard + '0'.repeat(30)), 'left over');
    await close();
    await open();
    await store.close();
    expect(await files()).toHaveLength(2);
    expect(await contentOf('a')).toBe('kept');
    expect(store.stats).toEqual({ blobs: 1, bytes: 4, stagedBlocks: 1, stagedBytes: 6 });
  });
});
