import assert from 'node:assert/strict';
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort, workerData } from 'node:worker_threads';
import type { HistoryOrder, HistoryReply, HistoryThreadData } from '../thread-messages.ts';
import { HistoryService } from './history-service.ts';

/** The thread of the history store: everything that touches its file is here. */
const port = parentPort;
assert(port !== null, 'this file is the start of a worker thread');

/** Below devices: what they send may wait to be charted, but not to be acknowledged. */
const NICE = 5;

yieldToOthers();
void start(workerData as HistoryThreadData, (reply) => port.postMessage(reply));

/** What fails here ends the thread, and the other one hears why. */
async function start(data: HistoryThreadData, reply: (reply: HistoryReply) => void): Promise<void> {
  const service = await HistoryService.open(data, reply);
  port?.on('message', (order: HistoryOrder) => service.hear(order));
  await service.ended;
  port?.close();
}

/** Linux schedules threads by themselves, each with its own priority; elsewhere this thread is as the others. */
function yieldToOthers(): void {
  try {
    const thread = Number(readlinkSync('/proc/thread-self').split('/').at(-1));
    setPriority(thread, NICE);
  } catch {
    // A matter of courtesy, not of correctness.
  }
}
