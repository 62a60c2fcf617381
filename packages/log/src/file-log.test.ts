import { readdir, readlink, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { realDisk } from './disk.ts';
import { describeEventLog, readAll } from './suite.ts';
import { copyOfFolder, openTestLog, removeTestFolders, testFolder } from './test-logs.ts';

afterAll(removeTestFolders);

for (const segmentBytes of [4_096, 1_048_576]) {
  describeEventLog(`files, segments of ${segmentBytes} bytes`, async (partitionCount, startTime) => {
    const directory = await testFolder();
    let time = startTime;
    const options = { partitionCount, segmentBytes, clock: { now: () => time } };
    let log = await openTestLog(directory, options);
    return {
      log,
      reopen: async () => {
        await log.close();
        log = await openTestLog(directory, options);
        return log;
      },
      dispose: () => log.close(),
      setTime: (value) => {
        time = value;
      },
    };
  });
}

describe('file log', () => {
  it('refuses a second opener of its folder, and says who has it', async () => {
    const directory = await testFolder();
    const log = await openTestLog(directory);
    await expect(openTestLog(directory)).rejects.toMatchObject({
      code: 'log.inUse',
      message: expect.stringContaining(`process ${process.pid}`),
    });
    await log.close();
    await (await openTestLog(directory)).close();
  });

  it('refuses another number of partitions than it was created with', async () => {
    const directory = await testFolder();
    await (await openTestLog(directory)).close();
    await expect(openTestLog(directory, { partitionCount: 5 })).rejects.toMatchObject({ code: 'log.incompatible' });
  });

  it('refuses numbers of partitions that no log can have', async () => {
    for (const partitionCount of [0, 33, 1.5]) {
      await expect(openTestLog(await testFolder(), { partitionCount })).rejects.toMatchObject({
        code: 'log.incompatible',
      });
    }
  });

  it('leaves the folder free after a refusal', async () => {
    const directory = await testFolder();
    await expect(openTestLog(directory, { partitionCount: 0 })).rejects.toMatchObject({ code: 'log.incompatible' });
    await (await openTestLog(directory)).close();
  });

  it('goes on in a new segment when one is full, and reads across all of them', async () => {
    const directory = await testFolder();
    const log = await openTestLog(directory, { segmentBytes: 8_192 });
    for (let index = 0; index < 100; index++) await log.append(index % 4, Buffer.alloc(1_000, index));
    expect(log.stats().segments).toBeGreaterThan(10);
    for (const maxBytes of [1, 5_000, 1_000_000]) {
      const read = await readAll(log, 1, maxBytes);
      expect(read.map(({ data }) => data[0])).toEqual(Array.from({ length: 25 }, (_, index) => index * 4 + 1));
    }
    await log.close();
    expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('finds any offset and time in a log of many segments after a restart', async () => {
    const directory = await testFolder();
    let time = 1_000;
    const options = { segmentBytes: 8_192, clock: { now: () => time } };
    let log = await openTestLog(directory, options);
    for (let index = 0; index < 120; index++) {
      time = 1_000 + index;
      await log.append(index % 3, Buffer.alloc(500, index));
    }
    await log.close();
    log = await openTestLog(directory, options);
    for (let index = 0; index < 120; index++) {
      const offset = Math.floor(index / 3);
      const [record] = await log.read(index % 3, offset, 1);
      expect([record!.offset, record!.data[0], record!.enqueuedTime]).toEqual([offset, index, 1_000 + index]);
      expect(await log.offsetAt(index % 3, 1_000 + index)).toBe(offset);
    }
    await log.close();
  });

  it('finds the first of very many records of the same time', async () => {
    const log = await openTestLog(await testFolder(), { segmentBytes: 4_194_304, clock: { now: () => 5_000 } });
    for (let index = 0; index < 40; index++) await log.append(0, Buffer.alloc(50_000));
    expect(await log.offsetAt(0, 5_000)).toBe(0);
    expect(await log.offsetAt(0, 5_001)).toBe(40);
    await log.close();
  });

  it('says when it is congested, refuses when more waits for the disk than may, and accepts again afterwards', async () => {
    const log = await openTestLog(await testFolder(), { segmentBytes: 1_048_576 });
    const record = Buffer.alloc(1_000_000);
    const append = () => log.append(0, record);
    expect(log.congested).toBe(false);
    const appends = Array.from({ length: 90 }, append);
    expect(log.congested).toBe(true);
    const outcomes = await Promise.allSettled(appends);
    const refused = outcomes.filter(({ status }) => status === 'rejected');
    expect(refused.length).toBeGreaterThan(10);
    expect(refused[0]).toMatchObject({ reason: { code: 'log.unavailable' } });
    expect(log.congested).toBe(false);
    expect((await append()).offset).toBe(outcomes.length - refused.length);
    await log.close();
  });

  it('reports figures for metrics', async () => {
    const log = await openTestLog(await testFolder());
    await log.append(0, Buffer.alloc(100));
    await log.append(0, Buffer.alloc(100));
    expect(log.stats()).toMatchObject({ commits: 2, records: 2, failedCommits: 0, waitingBytes: 0, segments: 1 });
    expect(log.stats().commitMsP50).toBeGreaterThan(0);
    await log.close();
  });

  it('opens a copy of its folder taken while it was running', async () => {
    const directory = await testFolder();
    const log = await openTestLog(directory);
    await log.append(0, Buffer.from('kept'));
    const copy = await openTestLog(await copyOfFolder(directory));
    expect((await readAll(copy, 0)).map(({ data }) => data.toString())).toEqual(['kept']);
    await copy.close();
    await log.close();
  });

  it('refuses to read once it is closed', async () => {
    const log = await openTestLog(await testFolder());
    await log.append(0, Buffer.from('a'));
    await log.close();
    await expect(log.read(0, 0, 1_000)).rejects.toMatchObject({ code: 'log.unavailable' });
    await expect(log.offsetAt(0, 0)).rejects.toMatchObject({ code: 'log.unavailable' });
  });

  it('finishes reads under way when it is closed, and leaves no file open', async () => {
    const directory = await testFolder();
    const log = await openTestLog(directory, { segmentBytes: 8_192 });
    for (let index = 0; index < 100; index++) await log.append(0, Buffer.alloc(1_000, index));
    const reading = Promise.all(Array.from({ length: 20 }, (_, index) => log.read(0, index * 5, 20_000)));
    await log.close();
    for (const batch of await reading) expect(batch.length).toBeGreaterThanOrEqual(5);
    const open = await Promise.all(
      (await readdir('/proc/self/fd')).map((fd) => readlink(`/proc/self/fd/${fd}`).catch(() => '')),
    );
    expect(open.filter((path) => path.startsWith(directory))).toEqual([]);
  });

  it('goes on without damaged segments when its advice is followed, and no group misses what comes then', async () => {
    const directory = await testFolder();
    let log = await openTestLog(directory, { segmentBytes: 8_192 });
    for (let index = 0; index < 40; index++) await log.append(0, Buffer.alloc(1_000, index));
    await log.setCheckpoint('rules', 0, 40);
    await log.close();
    const segments = (await readdir(directory)).filter((name) => name.endsWith('.seg')).sort();
    for (const name of ['closed.json', ...segments.slice(2)]) await rm(join(directory, name));
    log = await openTestLog(directory, { segmentBytes: 8_192 });
    const { next } = log.bounds(0);
    expect(next).toBeGreaterThan(10);
    expect(log.checkpoint('rules', 0)).toBe(next);
    expect((await log.append(0, Buffer.from('new'))).offset).toBe(next);
    await log.close();
  });

  it('refuses to open when the newest segment is gone and it was closed in good order', async () => {
    const directory = await testFolder();
    const log = await openTestLog(directory, { segmentBytes: 8_192 });
    for (let index = 0; index < 40; index++) await log.append(0, Buffer.alloc(1_000, index));
    await log.close();
    const segments = (await readdir(directory)).filter((name) => name.endsWith('.seg')).sort();
    await rm(join(directory, segments.at(-1)!));
    await expect(openTestLog(directory, { segmentBytes: 8_192 })).rejects.toMatchObject({ code: 'log.damaged' });
  });

  it('refuses to open with checkpoints that are not what was written, and leaves the folder free', async () => {
    const directory = await testFolder();
    await writeFile(join(directory, 'checkpoints.json'), '{"rules":');
    await expect(openTestLog(directory)).rejects.toMatchObject({ code: 'log.damaged' });
    await rm(join(directory, 'checkpoints.json'));
    await (await openTestLog(directory)).close();
  });

  it('refuses to open when every segment is gone', async () => {
    const directory = await testFolder();
    const log = await openTestLog(directory);
    await log.append(0, Buffer.from('kept'));
    await log.close();
    for (const name of await readdir(directory)) if (name.endsWith('.seg')) await rm(join(directory, name));
    await expect(openTestLog(directory)).rejects.toMatchObject({ code: 'log.damaged' });
    expect((await readdir(directory)).filter((name) => name.endsWith('.seg'))).toEqual([]);
  });

  it('works the same where each write is followed by an fdatasync', async () => {
    const directory = await testFolder();
    const log = await openTestLog(directory, { disk: realDisk('fdatasync') });
    for (let index = 0; index < 30; index++) await log.append(0, Buffer.from([index]));
    await log.close();
    const again = await openTestLog(directory);
    expect((await readAll(again, 0)).map(({ data }) => data[0])).toEqual(
      Array.from({ length: 30 }, (_, index) => index),
    );
    await again.close();
  });

  it('gathers what comes while a commit is in flight, and a little longer when told to', async () => {
    for (const [commitDelayMs, commits] of [
      [0, 3],
      [200, 2],
    ] as const) {
      const log = await openTestLog(await testFolder(), { commitDelayMs });
      const first = log.append(0, Buffer.from('at once'));
      await nextTurn();
      const second = log.append(0, Buffer.from('while the first is in flight'));
      await first;
      await nextTurn();
      await Promise.all([second, log.append(0, Buffer.from('soon after'))]);
      expect(log.stats().commits).toBe(commits);
      await log.close();
    }
  });
});
