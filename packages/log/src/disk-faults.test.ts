import { execFileSync } from 'node:child_process';
import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { LogEvent } from './events.ts';
import { FaultyDisk } from './faulty-disk.ts';
import type { FileEventLog, FileLogOptions } from './file-log.ts';
import { readAll } from './suite.ts';
import { copyOfFolder, openTestLog, removeTestFolders, testFolder } from './test-logs.ts';

afterAll(removeTestFolders);

describe('a disk that fails', () => {
  for (const failing of ['ENOSPC', 'EIO'] as const) {
    it(`refuses with the reason on ${failing}, goes on reading, and recovers by itself without a gap`, async () => {
      const { log, disk, directory, heard } = await openOnFaultyDisk();
      await text(log, 'before');
      disk.failing = failing;
      const first = text(log, 'lost 1');
      const second = text(log, 'lost 2');
      await expect(first).rejects.toMatchObject({ code: 'log.unavailable' });
      await expect(second).rejects.toMatchObject({ code: 'log.unavailable' });
      expect(log.state()).toMatchObject({ kind: 'unavailable', reason: expect.stringContaining(failing) });
      await expect(text(log, 'refused')).rejects.toMatchObject({ code: 'log.unavailable' });
      expect(await strings(log)).toEqual(['before']);

      disk.failing = undefined;
      await heard('available');
      expect((await text(log, 'after')).offset).toBe(1);
      expect(await strings(log)).toEqual(['before', 'after']);
      expect(log.stats()).toMatchObject({ failedCommits: 1, commits: 2 });
      await log.close();
      expect(await reopened(directory)).toEqual(['before', 'after']);
    });
  }

  it('fails every commit that waits behind the one that failed', async () => {
    const { log, disk } = await openOnFaultyDisk();
    disk.failing = 'ENOSPC';
    const record = Buffer.alloc(1_000_000);
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => log.append(0, record)));
    expect(outcomes.every(({ status }) => status === 'rejected')).toBe(true);
    expect(log.stats().waitingBytes).toBe(0);
    await log.close();
  });

  it('never shows a failed commit after its number was given to another, even when it is whole on disk', async () => {
    const { log, disk, directory, heard } = await openOnFaultyDisk();
    await text(log, 'before');
    disk.failing = 'EIO';
    disk.bytesBeforeFailure = 10_000;
    disk.failsTruncate = true;
    await expect(text(log, 'failed')).rejects.toMatchObject({ code: 'log.unavailable' });
    disk.failing = undefined;
    await heard('available');
    await text(log, 'after');
    expect(await strings(log)).toEqual(['before', 'after']);
    expect(await reopened(await copyOfFolder(directory))).toEqual(['before', 'after']);
    await log.close();
  });

  it('has a failed commit whole or not at all when the process dies before the disk recovers', async () => {
    for (const bytesBeforeFailure of [0, 20, 40, 70, 10_000]) {
      const { log, disk, directory } = await openOnFaultyDisk();
      await text(log, 'before');
      Object.assign(disk, { failing: 'EIO', bytesBeforeFailure });
      await expect(text(log, 'failed')).rejects.toMatchObject({ code: 'log.unavailable' });
      const found = await reopened(await copyOfFolder(directory));
      expect(found).toEqual(bytesBeforeFailure === 10_000 ? ['before', 'failed'] : ['before']);
      await log.close();
    }
  });

  it('voids a failed commit that is whole on disk, so that not even a crash brings it back', async () => {
    const { log, disk, directory } = await openOnFaultyDisk();
    await text(log, 'before');
    Object.assign(disk, { failing: 'EIO', bytesBeforeFailure: 10_000, failures: 1 });
    await expect(text(log, 'failed')).rejects.toMatchObject({ code: 'log.unavailable' });
    expect(await reopened(await copyOfFolder(directory))).toEqual(['before']);
    await log.close();
  });

  it('recovers when the very first commit failed', async () => {
    const { log, disk, directory, heard } = await openOnFaultyDisk();
    disk.failing = 'EIO';
    await expect(text(log, 'failed')).rejects.toMatchObject({ code: 'log.unavailable' });
    disk.failing = undefined;
    await heard('available');
    expect((await text(log, 'first')).offset).toBe(0);
    await log.close();
    expect(await reopened(directory)).toEqual(['first']);
  });

  it('keeps everything on a disk that takes only a few bytes at a time', async () => {
    const { log, disk, directory } = await openOnFaultyDisk();
    disk.bytesPerWrite = 37;
    const written = Array.from({ length: 30 }, (_, index) => 'x'.repeat(index * 5));
    await Promise.all(written.map((content) => text(log, content)));
    expect(await strings(log)).toEqual(written);
    await log.close();
    expect(await reopened(directory)).toEqual(written);
  });

  it('writes until the segment is full when there is no room for the next, then refuses until there is', async () => {
    const { log, disk, heard } = await openOnFaultyDisk({ segmentBytes: 16_384 });
    disk.free = 1_000;
    let written = 0;
    await expect(
      (async () => {
        for (; ; written++) await log.append(0, Buffer.alloc(1_000));
      })(),
    ).rejects.toMatchObject({ code: 'log.unavailable', message: expect.stringContaining('is full') });
    expect(written).toBeGreaterThan(10);
    disk.free = Number.POSITIVE_INFINITY;
    await heard('available');
    expect((await text(log, 'after')).offset).toBe(written);
    await log.close();
  });

  it('closes while it is unavailable, and keeps what was acknowledged', async () => {
    const { log, disk, directory } = await openOnFaultyDisk();
    await text(log, 'before');
    disk.failing = 'ENOSPC';
    await expect(text(log, 'lost')).rejects.toMatchObject({ code: 'log.unavailable' });
    disk.failing = undefined;
    await log.close();
    expect(await reopened(directory)).toEqual(['before']);
  });
});

describe('a disk that is really full', () => {
  it('refuses, goes on reading, and recovers when there is room', async ({ skip }) => {
    const directory = await testFolder();
    const reason = mountSmallDisk(directory);
    if (reason !== undefined) return skip(`no file system of limited size could be mounted: ${reason}`);
    try {
      const { heard, onEvent } = listener();
      const log = await openTestLog(join(directory, 'log'), { segmentBytes: 1_048_576, onEvent });
      const ballast = join(directory, 'ballast');
      const { bavail, bsize } = await statfs(directory);
      await writeFile(ballast, Buffer.alloc(bavail * bsize - 600_000, 1));
      let written = 0;
      await expect(
        (async () => {
          for (; ; written++) await log.append(0, Buffer.alloc(50_000, written));
        })(),
      ).rejects.toMatchObject({ code: 'log.unavailable', message: expect.stringContaining('is full') });
      expect((await readAll(log, 0)).length).toBe(written);
      await rm(ballast);
      await heard('available');
      for (let more = 0; more < 40; more++) await log.append(0, Buffer.alloc(50_000, written + more));
      const records = await readAll(log, 0);
      expect(records.map(({ data }) => data[0])).toEqual(records.map((_, index) => index));
      expect(records.length).toBe(written + 40);
      await log.close();
    } finally {
      execFileSync('umount', [directory]);
    }
  });
});

/** @returns why it could not be done */
function mountSmallDisk(directory: string): string | undefined {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=8m', 'tmpfs', directory], { stdio: 'pipe' });
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function openOnFaultyDisk(options: Partial<FileLogOptions> = {}) {
  const disk = new FaultyDisk();
  const directory = await testFolder();
  const { heard, onEvent } = listener();
  const log = await openTestLog(directory, { disk, onEvent, ...options });
  return { log, disk, directory, heard };
}

function listener() {
  const waiting = new Map<LogEvent['kind'], () => void>();
  return {
    onEvent: ({ kind }: LogEvent) => waiting.get(kind)?.(),
    heard: (kind: LogEvent['kind']) => new Promise<void>((resolve) => waiting.set(kind, resolve)),
  };
}

async function reopened(directory: string): Promise<string[]> {
  const log = await openTestLog(directory);
  const found = await strings(log);
  await log.close();
  return found;
}

function text(log: FileEventLog, content: string) {
  return log.append(0, Buffer.from(content));
}

async function strings(log: FileEventLog): Promise<string[]> {
  return (await readAll(log, 0)).map(({ data }) => data.toString());
}
