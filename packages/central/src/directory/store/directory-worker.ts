import assert from 'node:assert/strict';
import { parentPort, workerData } from 'node:worker_threads';
import { asHubError } from '@viaduct/contracts';
import { findDiskTrouble } from '../../store/disk-trouble.ts';
import { DirectoryStore } from './directory-store.ts';
import type { DirectoryOrder, DirectoryReply } from './directory-thread.ts';

/** A thread that has the directory's file open and does what it is told, one thing after another. */
const port = parentPort;
assert(port !== null, 'this file is the start of a worker thread');
const store = new DirectoryStore((workerData as { readonly file: string }).file);

port.on('message', (order: DirectoryOrder) => port.postMessage(reply(order)));

function reply({ number, method, args }: DirectoryOrder): DirectoryReply {
  try {
    const work = store[method] as (...args: unknown[]) => unknown;
    return { kind: 'done', number, answer: work.apply(store, [...args]) };
  } catch (thrown) {
    const { code, message } = asHubError(findDiskTrouble(thrown) ?? thrown);
    const stack = code === 'server.fault' && thrown instanceof Error ? thrown.stack : undefined;
    return { kind: 'failed', number, code, message, stack };
  }
}
