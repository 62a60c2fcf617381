import type { Worker } from 'node:worker_threads';
import { type ErrorCode, HubError, LIMITS } from '@viaduct/contracts';
import { startThread } from '@viaduct/hub';
import type { DirectoryStore } from './directory-store.ts';

type Method = keyof DirectoryStore;

export interface DirectoryOrder {
  readonly number: number;
  readonly method: Method;
  readonly args: readonly unknown[];
}

export type DirectoryReply =
  | { readonly kind: 'done'; readonly number: number; readonly answer: unknown }
  | {
      readonly kind: 'failed';
      readonly number: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly stack: string | undefined;
    };

interface Waiting {
  readonly resolve: (answer: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * A `DirectoryStore` in a thread of its own: SQLite answers on the thread that asks, and a list of 200,000 devices takes longer than a
 * socket should wait. Orders are done one after another, in the order in which they were given.
 *
 * Every promise settles: with the answer, why it was refused, or why the thread ended. After that everything is refused.
 */
export class DirectoryThread {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  #lastNumber = 0;
  #ended: unknown;

  constructor(file: string) {
    this.#worker = startThread(new URL('./directory-worker.ts', import.meta.url), { file });
    // A process that has nothing else to do may end.
    this.#worker.unref();
    this.#worker.on('message', (reply: DirectoryReply) => this.#hear(reply));
    this.#worker.on('error', (fault) => this.#end(fault));
    this.#worker.on('exit', () => this.#end(new HubError('server.draining', "the directory's thread ended")));
  }

  /** @throws HubError quota.exceeded (retry): too much waits; store.unavailable (retry), server.draining, and what the method throws */
  call<M extends Method>(method: M, ...args: Parameters<DirectoryStore[M]>): Promise<ReturnType<DirectoryStore[M]>> {
    return this.#order(method, args) as Promise<ReturnType<DirectoryStore[M]>>;
  }

  /** Does what was ordered, then lets go of the file. */
  async close(): Promise<void> {
    if (this.#ended === undefined) await this.call('close').catch(() => undefined);
    await this.#worker.terminate();
  }

  #order(method: Method, args: readonly unknown[]): Promise<unknown> {
    return new Promise((resolve, reject) => {
      if (this.#ended !== undefined) throw this.#ended;
      if (this.#waiting.size >= LIMITS.DIRECTORY_WAITING_MAX) {
        throw new HubError('quota.exceeded', `${this.#waiting.size} questions to the directory wait already`);
      }
      const number = ++this.#lastNumber;
      this.#waiting.set(number, { resolve, reject });
      if (this.#waiting.size === 1) this.#worker.ref();
      this.#worker.postMessage({ number, method, args } satisfies DirectoryOrder);
    });
  }

  #hear(reply: DirectoryReply): void {
    const waiting = this.#waiting.get(reply.number);
    this.#waiting.delete(reply.number);
    if (this.#waiting.size === 0) this.#worker.unref();
    if (reply.kind === 'done') waiting?.resolve(reply.answer);
    else waiting?.reject(failure(reply));
  }

  /** Comes more than once: an error is followed by the exit. */
  #end(reason: unknown): void {
    this.#ended ??= reason;
    for (const { reject } of this.#waiting.values()) reject(this.#ended);
    this.#waiting.clear();
  }
}

function failure({ code, message, stack }: DirectoryReply & { kind: 'failed' }): Error {
  if (code !== 'server.fault') return new HubError(code, message);
  // A fault of ours in the thread: its stack is what whoever repairs it needs.
  return new HubError(code, message, { cause: new Error(stack ?? message) });
}
