import { randomUUID } from 'node:crypto';
import { link, open, readFile, rename, rm } from 'node:fs/promises';
import { HubError } from '@viaduct/contracts';
import { errorCode } from './disk.ts';
import type { OnLogEvent } from './events.ts';

/** Locks held by this process, by path: a process id alone cannot tell two logs of one process apart. */
const heldHere = new Set<string>();

/**
 * Keeps a second process out of a folder. The file `lock` names its owner: process id, and where the kernel tells, the boot and
 * the tick at which the process began, because in a container every restart has the same process id.
 */
export class DirectoryLock {
  readonly #path: string;

  private constructor(path: string) {
    this.#path = path;
  }

  /** @throws HubError log.inUse when a living process holds the folder */
  static async acquire(directory: string, onEvent: OnLogEvent): Promise<DirectoryLock> {
    const path = `${directory}/lock`;
    const self = `${process.pid} ${(await birthOf(process.pid)) ?? '-'}`;
    for (;;) {
      if (await createLock(path, self)) {
        heldHere.add(path);
        return new DirectoryLock(path);
      }
      const owner = await readOwner(path);
      if (owner === undefined) continue;
      if (await isAlive(owner, path)) throw inUse(directory, owner);
      await removeStale(path, owner);
      onEvent({ kind: 'staleLockTaken', owner });
    }
  }

  async release(): Promise<void> {
    await rm(this.#path, { force: true });
    heldHere.delete(this.#path);
  }
}

async function createLock(path: string, content: string): Promise<boolean> {
  // Written aside and linked, so that nobody ever reads a lock without its owner.
  const aside = `${path}.${randomUUID()}`;
  const file = await open(aside, 'wx', 0o640);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
  try {
    await link(aside, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readOwner(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function isAlive(owner: string, path: string): Promise<boolean> {
  const [pid = '', birth = '-'] = owner.split(' ');
  if (Number(pid) === process.pid && birth === '-') return heldHere.has(path);
  try {
    process.kill(Number(pid), 0);
  } catch (error) {
    if (errorCode(error) === 'ESRCH') return false;
  }
  return birth === '-' || (await birthOf(Number(pid))) === birth;
}

/**
 * Boot and start tick of a process; undefined where the system has no /proc, `ended` once only its exit status is left. One whose
 * first thread has ended still counts: another may be inside a write. Source: proc(5), fields 3, 20 and 22 of stat.
 */
async function birthOf(pid: number): Promise<string | undefined> {
  try {
    const boot = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, field 2, may itself hold spaces and brackets; what follows the last bracket begins with field 3.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' && Number(fields[17]) <= 1 ? 'ended' : `${boot}/${fields[19]}`;
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ESRCH') return undefined;
    throw error;
  }
}

/** Two processes may find the same stale lock: what is moved away is looked at again, and put back if it is another's new one. */
async function removeStale(path: string, owner: string): Promise<void> {
  const aside = `${path}.${randomUUID()}`;
  try {
    await rename(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await readFile(aside, 'utf8')) !== owner) await link(aside, path);
  await rm(aside, { force: true });
}

function inUse(directory: string, owner: string): HubError {
  const pid = owner.split(' ')[0];
  return new HubError(
    'log.inUse',
    `the event log in ${directory} is in use by process ${pid}. Stop that process, or give this one a folder of its own.`,
  );
}
