import type { Worker } from 'node:worker_threads';
import { startThread } from '@viaduct/hub';
import type { HistoryOrder, HistoryReply, HistoryThreadData } from './thread-messages.ts';

export interface ThreadEvents {
  onReply(reply: HistoryReply): void;
  /** It ended though nobody told it to. Once. */
  onEnd(fault: Error): void;
}

/** The thread of the store, as the thread of the hub knows it. */
export class HistoryThread {
  readonly #worker: Worker;
  readonly #ended: Promise<void>;
  #fault: Error | undefined;
  #isClosing = false;

  constructor(workerData: HistoryThreadData, events: ThreadEvents) {
    this.#worker = startThread(new URL('./worker/history-thread.ts', import.meta.url), workerData);
    // A process that has nothing else to do may end.
    this.#worker.unref();
    this.#worker.on('message', (reply: HistoryReply) => events.onReply(reply));
    this.#worker.on('error', (fault) => {
      this.#fault = fault;
    });
    this.#ended = new Promise((resolve) => {
      this.#worker.once('exit', () => {
        resolve();
        if (!this.#isClosing) events.onEnd(this.#fault ?? new Error('the thread of the history ended'));
      });
    });
  }

  tell(order: HistoryOrder): void {
    if (this.#isClosing) return;
    const transfer = 'piece' in order ? [order.piece.packed.buffer as ArrayBuffer] : [];
    this.#worker.postMessage(order, transfer);
  }

  /** Resolves when it let go of its file. */
  async close(): Promise<void> {
    this.tell({ kind: 'close' });
    this.#isClosing = true;
    await this.#ended;
  }
}
