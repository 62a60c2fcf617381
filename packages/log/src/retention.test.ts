import { readdir } from 'node:fs/promises';
import { afterAll, describe, expect, it } from 'vitest';
import type { LogEvent } from './events.ts';
import { FaultyDisk } from './faulty-disk.ts';
import type { FileLogOptions } from './file-log.ts';
import { readAll } from './suite.ts';
import { openTestLog, removeTestFolders, testFolder } from './test-logs.ts';

afterAll(removeTestFolders);

describe('retention', () => {
  it('removes the oldest segments when all together are too large, and never the active one', async () => {
    const { log, fill } = await openSmall({ retentionBytes: 30_000 });
    await fill(100);
    await log.applyRetention();
    expect(log.stats().storedBytes).toBeLessThanOrEqual(30_000);
    expect(log.bounds(0).first).toBeGreaterThan(50);
    expect(log.bounds(0).next).toBe(100);
    await log.close();
  });

  it('keeps the active segment even when it is too old and too large', async () => {
    const { log, fill, setTime } = await openSmall({ retentionBytes: 1, retentionSeconds: 1 });
    await fill(3);
    setTime(1e12);
    await log.applyRetention();
    expect((await readAll(log, 0)).length).toBe(3);
    await log.close();
  });

  it('removes segments whose newest record is too old', async () => {
    const { log, fill, setTime } = await openSmall({ retentionSeconds: 60 });
    setTime(1_000_000);
    await fill(50);
    setTime(1_050_000);
    await fill(50);
    setTime(1_061_000);
    await log.applyRetention();
    const { first } = log.bounds(0);
    expect(first).toBeGreaterThan(30);
    expect(first).toBeLessThanOrEqual(50);
    expect(await log.offsetAt(0, 0)).toBe(first);
    await log.close();
  });

  it('lets a reader of a removed offset go on at the oldest, also after a restart', async () => {
    const { log, fill, directory } = await openSmall({ retentionBytes: 30_000 });
    await fill(100);
    await log.applyRetention();
    const { first, next } = log.bounds(0);
    expect((await log.read(0, 0, 1))[0]!.offset).toBe(first);
    await log.close();
    const again = await openTestLog(directory, { segmentBytes: 8_192 });
    expect(again.bounds(0)).toMatchObject({ first, next });
    expect((await again.read(0, 0, 1))[0]!.offset).toBe(first);
    await again.close();
  });

  it('remembers the next offset and newest time of a partition of which nothing is left', async () => {
    const { log, fill, directory, setTime } = await openSmall({ retentionBytes: 20_000 });
    setTime(5_000);
    await log.append(3, Buffer.from('once'));
    setTime(6_000);
    await fill(60);
    await log.applyRetention();
    expect(log.bounds(3)).toEqual({ first: 1, next: 1, lastEnqueuedTime: 5_000 });
    await log.close();
    const again = await openTestLog(directory, { segmentBytes: 8_192 });
    expect(again.bounds(3)).toEqual({ first: 1, next: 1, lastEnqueuedTime: 5_000 });
    expect((await again.append(3, Buffer.from('again'))).offset).toBe(1);
    await again.close();
  });

  it('does not disturb readers that are inside what it removes', async () => {
    const { log, fill } = await openSmall({ retentionBytes: 20_000 });
    await fill(100);
    const reading = Promise.all(Array.from({ length: 100 }, (_, offset) => log.read(0, offset, 5_000)));
    await log.applyRetention();
    const batches = await reading;
    batches.forEach((batch, offset) => {
      expect(batch[0]!.offset).toBeGreaterThanOrEqual(offset);
      expect(batch.every(({ data, offset: at }) => data[0] === at)).toBe(true);
    });
    await log.close();
  });

  it('runs on its own', async () => {
    const { log, fill, heard } = await openSmall({ retentionBytes: 20_000, retentionCheckSeconds: 0.05 });
    const removed = heard('segmentRemoved');
    await fill(60);
    await removed;
    expect(log.bounds(0).first).toBeGreaterThan(0);
    await log.close();
  });

  it('removes nothing else while the disk refuses to remove the oldest, so that no hole appears', async () => {
    const disk = new FaultyDisk();
    const { log, fill, directory } = await openSmall({ retentionBytes: 20_000, disk });
    await fill(100);
    const before = (await readdir(directory)).filter((name) => name.endsWith('.seg')).sort();
    disk.failsRemove = true;
    await log.applyRetention();
    await log.applyRetention();
    disk.failsRemove = false;
    await log.applyRetention();
    const after = (await readdir(directory)).filter((name) => name.endsWith('.seg')).sort();
    expect(after.length).toBeLessThan(before.length);
    expect(after).toEqual(before.slice(-after.length));
    await log.close();
  });
});

async function openSmall(options: Partial<FileLogOptions>) {
  let time = 1_000;
  let count = 0;
  const waiting = new Map<LogEvent['kind'], () => void>();
  const directory = await testFolder();
  const log = await openTestLog(directory, {
    segmentBytes: 8_192,
    clock: { now: () => time },
    onEvent: ({ kind }) => waiting.get(kind)?.(),
    ...options,
  });
  return {
    log,
    directory,
    setTime: (value: number) => {
      time = value;
    },
    /** Records of 1,000 bytes in partition 0, each with its offset in it. */
    fill: async (records: number) => {
      for (let index = 0; index < records; index++) await log.append(0, Buffer.alloc(1_000, count++));
    },
    heard: (kind: LogEvent['kind']) => new Promise<void>((resolve) => waiting.set(kind, resolve)),
  };
}
