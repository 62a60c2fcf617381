import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DirectoryLock } from './directory-lock.ts';
import { removeTestFolders, testFolder } from './test-logs.ts';

afterAll(removeTestFolders);

const ignore = () => {};

describe('DirectoryLock', () => {
  it('refuses while a living process holds it', async () => {
    const directory = await testFolder();
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    await writeFile(join(directory, 'lock'), `${child.pid} -`);
    await expect(DirectoryLock.acquire(directory, ignore)).rejects.toMatchObject({ code: 'log.inUse' });
    child.kill('SIGKILL');
    await once(child, 'exit');
    const events: unknown[] = [];
    const lock = await DirectoryLock.acquire(directory, (event) => events.push(event));
    expect(events).toEqual([{ kind: 'staleLockTaken', owner: `${child.pid} -` }]);
    await lock.release();
  });

  it('takes over the lock of an earlier process with the same id, as containers have', async () => {
    const directory = await testFolder();
    await writeFile(join(directory, 'lock'), `${process.pid} another-boot/1`);
    await (await DirectoryLock.acquire(directory, ignore)).release();
  });

  it('names its owner and leaves nothing behind', async () => {
    const directory = await testFolder();
    const lock = await DirectoryLock.acquire(directory, ignore);
    expect(await readFile(join(directory, 'lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `));
    await lock.release();
    expect(await readdir(directory)).toEqual([]);
  });

  it('lets exactly one of many in, also over a stale lock', async () => {
    const directory = await testFolder();
    await writeFile(join(directory, 'lock'), '999999999 -');
    const attempts = await Promise.allSettled(
      Array.from({ length: 8 }, () => DirectoryLock.acquire(directory, ignore)),
    );
    expect(attempts.filter(({ status }) => status === 'fulfilled').length).toBe(1);
  });
});
