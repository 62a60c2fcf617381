import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readdir, readFile, truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { FileEventLog } from './file-log.ts';
import { segmentHeaderBytes } from './segment.ts';
import { durable, readAll } from './suite.ts';
import { copyOfFolder, openTestLog, removeTestFolders, testFolder } from './test-logs.ts';

const PARTITIONS = 4;
const SEGMENT_BYTES = 16_384;

afterAll(removeTestFolders);

/** A commit as the test knows it: which partition got a record of which length. */
type Writes = readonly { readonly partition: number; readonly length: number }[];

const writes = fc.array(
  fc.record({
    partition: fc.nat(PARTITIONS - 1),
    length: fc.oneof(fc.nat(300), fc.nat(3_000), fc.constant(70_000)),
  }),
  { minLength: 1, maxLength: 12 },
);

const damage = fc.record({
  kind: fc.constantFrom('truncate' as const, 'flip' as const, 'zero' as const, 'garbage' as const),
  /** Where, as a share of the bytes in question. */
  at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
  length: fc.integer({ min: 1, max: 9_000 }),
  byte: fc.integer({ min: 1, max: 255 }),
});

describe('after a crash', () => {
  it('has every acknowledged record, the last commit whole or not at all, and no gaps, wherever its bytes were cut or changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(writes, { maxLength: 8 }), writes, damage, async (acknowledged, last, harm) => {
        const { image, kept, whole, region } = await crashImage(acknowledged, last);
        await inflict(image, region, harm);

        const log = await openTestLog(image, { segmentBytes: SEGMENT_BYTES });
        const found = await contents(log);
        const isWhole = JSON.stringify(found) === JSON.stringify(whole);
        expect(isWhole ? whole : found).toEqual(isWhole ? found : kept);

        await commitOf(log, last);
        const after = await contents(log);
        expect(after).toEqual(expected([...acknowledged, ...(isWhole ? [last] : []), last]));
        await log.close();

        const again = await openTestLog(image, { segmentBytes: SEGMENT_BYTES });
        expect(again.recovery.truncatedBytes).toBe(0);
        expect(await contents(again)).toEqual(after);
        await again.close();
        await removeTestFolders();
      }),
      { numRuns: 80 },
    );
  });

  it('says what it removed', async () => {
    const events: string[] = [];
    const { image, region } = await crashImage([[{ partition: 0, length: 50 }]], [{ partition: 1, length: 500 }]);
    await truncate(join(image, region.segment), region.start + 100);
    const log = await openTestLog(image, { onEvent: ({ kind }) => events.push(kind) });
    expect(log.recovery).toMatchObject({
      segment: region.segment,
      position: region.start,
      truncatedBytes: 100,
      commits: 1,
    });
    expect(events).toContain('tornTailRemoved');
    await log.close();
  });

  it('is not fooled by a record that holds a block of a later commit of another log', async () => {
    const one = { partition: 0, length: 50 };
    const { image, region } = await crashImage([[one], [one], [one], [one]], [one]);
    const later = (await readFile(join(image, region.segment))).subarray(region.start, region.end);
    const directory = await testFolder();
    const log = await openTestLog(directory);
    await log.append(0, Buffer.from('kept'));
    await log.append(0, Buffer.concat([Buffer.alloc(100), later]));
    const copy = await copyOfFolder(directory);
    await log.close();
    const [segment] = (await readdir(copy)).filter((name) => name.endsWith('.seg'));
    const bytes = await readFile(join(copy, segment!));
    await overwrite(join(copy, segment!), bytes.indexOf(later) - 50, Buffer.alloc(4, 1));

    const recovered = await openTestLog(copy);
    expect(recovered.recovery.truncatedBytes).toBeGreaterThan(later.length);
    expect((await readAll(recovered, 0)).map(({ data }) => data.toString())).toEqual(['kept']);
    await recovered.close();
  });
});

describe('damage to acknowledged records', () => {
  it('is never passed over: opening or reading refuses, wherever a byte changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(writes, { minLength: 2, maxLength: 8 }), damage, async (acknowledged, { at, byte }) => {
        const directory = await testFolder();
        const log = await openTestLog(directory, { segmentBytes: SEGMENT_BYTES });
        for (const commit of acknowledged) await commitOf(log, commit);
        await log.close();
        const { name, position } = await anyByte(directory, at);
        await flip(join(directory, name), position, byte);

        await expect(
          openTestLog(directory, { segmentBytes: SEGMENT_BYTES }).then(async (damagedLog) => {
            try {
              return await contents(damagedLog);
            } finally {
              await damagedLog.close();
            }
          }),
        ).rejects.toMatchObject({ code: 'log.damaged', message: expect.stringContaining(name) });
        await removeTestFolders();
      }),
      { numRuns: 80 },
    );
  });

  it('is told from a torn tail, with segment, byte and what to do', async () => {
    const { image, region } = await crashImage(
      [[{ partition: 0, length: 50 }], [{ partition: 0, length: 60 }]],
      [{ partition: 1, length: 500 }],
    );
    await flip(join(image, region.segment), segmentHeaderBytes(PARTITIONS) + 50, 1);
    await expect(openTestLog(image)).rejects.toMatchObject({
      code: 'log.damaged',
      message: expect.stringMatching(
        /segment 0{15}1\.seg is damaged at byte 112: .*commit 2 stands whole.*Restore this file/,
      ),
    });
  });

  it('does not stop readers of other partitions in a sealed segment', async () => {
    const directory = await testFolder();
    let log = await openTestLog(directory, { segmentBytes: SEGMENT_BYTES });
    for (let index = 0; index < 40; index++) {
      await commitOf(log, [
        { partition: 0, length: 1_000 },
        { partition: 1, length: 1_000 },
      ]);
    }
    await log.close();
    const [oldest] = (await readdir(directory)).filter((name) => name.endsWith('.seg')).sort();
    await flip(join(directory, oldest!), segmentHeaderBytes(PARTITIONS) + 40 + 2 * 24 + 500, 1);
    log = await openTestLog(directory, { segmentBytes: SEGMENT_BYTES });
    await expect(readAll(log, 0)).rejects.toMatchObject({ code: 'log.damaged' });
    expect((await readAll(log, 1)).length).toBe(40);
    await log.close();
  });
});

describe('kill -9 at full rate', () => {
  it('loses nothing acknowledged, round after round', async () => {
    const directory = await testFolder();
    for (let round = 0; round < 6; round++) {
      const acknowledged = await writeUntilKilled(directory, 150 + round * 120);
      const log = await openTestLog(directory, { segmentBytes: 4_194_304 });
      for (let partition = 0; partition < PARTITIONS; partition++) {
        expect(log.bounds(partition).next).toBeGreaterThanOrEqual(acknowledged[partition]!);
        const records = await readAll(log, partition, 1_048_576);
        expect(records.length).toBe(log.bounds(partition).next);
        expect(records.every(({ data }, offset) => data.readUInt32LE(0) === offset)).toBe(true);
      }
      await log.close();
    }
  });
});

interface Region {
  readonly segment: string;
  /** Where the last commit begins and ends. */
  readonly start: number;
  readonly end: number;
}

/** The folder as a crash leaves it, while `last` is being written and before it is acknowledged. */
async function crashImage(acknowledged: readonly Writes[], last: Writes) {
  const directory = await testFolder();
  const log = await openTestLog(directory, { segmentBytes: SEGMENT_BYTES });
  for (const commit of acknowledged) await commitOf(log, commit);
  const before = await tailOf(await copyOfFolder(directory));
  await commitOf(log, last);
  const image = await copyOfFolder(directory);
  const after = await tailOf(await copyOfFolder(directory));
  await log.close();
  const start = before.segment === after.segment ? before.position : segmentHeaderBytes(PARTITIONS);
  return {
    image,
    region: { segment: after.segment, start, end: after.position } satisfies Region,
    kept: expected(acknowledged),
    whole: expected([...acknowledged, last]),
  };
}

async function tailOf(directory: string): Promise<{ segment: string; position: number }> {
  const log = await openTestLog(directory, { segmentBytes: SEGMENT_BYTES });
  await log.close();
  return log.recovery;
}

/** Harms the last commit or what follows it; nothing before. */
async function inflict(image: string, { segment, start, end }: Region, harm: HarmOf<typeof damage>): Promise<void> {
  const path = join(image, segment);
  const position = start + Math.floor((end - start + 50) * harm.at);
  if (harm.kind === 'truncate') await truncate(path, position);
  else if (harm.kind === 'flip') await flip(path, position, harm.byte);
  else await overwrite(path, position, Buffer.alloc(harm.length, harm.kind === 'zero' ? 0 : harm.byte));
}

type HarmOf<A> = A extends fc.Arbitrary<infer T> ? T : never;

/** A byte of a valid block or header of any segment of a closed log. */
async function anyByte(directory: string, share: number): Promise<{ name: string; position: number }> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.seg')).sort();
  const { segment, position } = await tailOf(await copyOfFolder(directory));
  const name = names[Math.floor(share * 7_919) % names.length]!;
  const size = name === segment ? position : (await readFile(join(directory, name))).length;
  return { name, position: Math.floor(size * share) };
}

async function flip(path: string, position: number, mask: number): Promise<void> {
  const bytes = await readFile(path);
  const changed = Buffer.from([(bytes[position] ?? 0) ^ mask]);
  await overwrite(path, position, changed);
}

async function overwrite(path: string, position: number, bytes: Buffer): Promise<void> {
  const file = await open(path, 'r+');
  await file.write(bytes, 0, bytes.length, position);
  await file.close();
}

async function commitOf(log: FileEventLog, commit: Writes): Promise<void> {
  const body = Buffer.alloc(80_000, 5);
  let last: ReturnType<FileEventLog['write']> | undefined;
  for (const { partition, length } of commit) last = log.write(partition, Buffer.from([partition]), 1, body, 0, length);
  await durable(last!);
}

/** Lengths of the records, per partition. */
function expected(commits: readonly Writes[]): number[][] {
  return Array.from({ length: PARTITIONS }, (_, wanted) =>
    commits.flatMap((commit) => commit.filter(({ partition }) => partition === wanted).map(({ length }) => length + 1)),
  );
}

async function contents(log: FileEventLog): Promise<number[][]> {
  const lengths: number[][] = [];
  for (let partition = 0; partition < PARTITIONS; partition++) {
    const records = await readAll(log, partition);
    records.forEach(({ offset, data }, index) => {
      expect(offset).toBe(index);
      expect(data[0]).toBe(partition);
      expect(data.subarray(1).every((byte) => byte === 5)).toBe(true);
    });
    expect(records.length).toBe(log.bounds(partition).next);
    lengths.push(records.map(({ data }) => data.length));
  }
  return lengths;
}

/** Runs a writer in a process of its own and kills it; returns the next offset that it saw acknowledged, per partition. */
async function writeUntilKilled(directory: string, afterMs: number): Promise<number[]> {
  const script = fileURLToPath(new URL('./crash-writer.ts', import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const acknowledged = new Array<number>(PARTITIONS).fill(0);
  const exited = once(child, 'exit');
  child.stdout.once('data', () => setTimeout(() => child.kill('SIGKILL'), afterMs));
  for await (const line of createInterface({ input: child.stdout })) {
    // The kill may cut the last line short; a whole one ends in a full stop.
    if (!line.endsWith('.')) continue;
    line
      .slice(0, -1)
      .split(' ')
      .forEach((next, partition) => {
        acknowledged[partition] = Number(next);
      });
  }
  expect(await exited).toEqual([null, 'SIGKILL']);
  return acknowledged;
}
