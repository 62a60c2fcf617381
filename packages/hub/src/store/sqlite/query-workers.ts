import type { Worker } from 'node:worker_threads';
import { type ErrorCode, HubError, LIMITS } from '@viaduct/contracts';
import { startThread } from '../start-thread.ts';
import type { QueryStatement, StatementAnswer } from './run-statement.ts';

export interface QueryWorkerData {
  readonly file: string;
  /** One Int32: the number of the query that is to end. */
  readonly stop: ArrayBufferLike;
}

export interface QueryOrder {
  readonly number: number;
  readonly statement: QueryStatement;
}

export type QueryReply =
  | { readonly kind: 'ready' }
  | { readonly kind: 'answered'; readonly number: number; readonly answer: StatementAnswer; readonly ms: number }
  | { readonly kind: 'stopped'; readonly number: number }
  | {
      readonly kind: 'failed';
      readonly number: number;
      readonly code: ErrorCode;
      readonly message: string;
      readonly stack: string | undefined;
    };

export interface TimedAnswer extends StatementAnswer {
  /** How long it ran, without waiting for its turn. */
  readonly ms: number;
}

/** Since the start, and now. */
export interface QueryWorkerStats {
  readonly answered: number;
  /** Ended for taking too long or for want of anybody who waits, and what failed. */
  readonly unanswered: number;
  /** How long those that were answered ran, seconds. */
  readonly seconds: number;
  readonly running: number;
  readonly waiting: number;
}

interface Waiting extends QueryOrder {
  readonly signal: AbortSignal | undefined;
  readonly resolve: (answer: TimedAnswer) => void;
  readonly reject: (error: unknown) => void;
}

export interface QueryWorkersOptions {
  readonly file: string;
  readonly secondsMax?: number;
}

/**
 * Runs queries beside the thread that serves devices: SQLite answers on the thread that asks, and a query over a million twins takes
 * seconds in which no telemetry would be accepted.
 *
 *     run ─► waiting ─► the first thread that is free ─► answered | stopped (too long, nobody waits) | failed
 *
 * Invariants
 *  1. At most LIMITS.QUERY_THREADS_MAX threads, made when they are first needed, and LIMITS.QUERIES_WAITING_MAX that wait.
 *  2. A thread runs one query at a time. It looks at every row whether it shall end; no thread can be ended from outside while it is
 *     in SQLite, so every statement has to ask.
 *  3. Every promise settles: with its answer, a refusal as soon as it is given up, or why its thread ended.
 */
export class QueryWorkers {
  readonly #options: Required<QueryWorkersOptions>;
  readonly #threads = new Set<QueryThread>();
  #waiting: Waiting[] = [];
  #lastNumber = 0;
  #closed = false;
  #answered = 0;
  #unanswered = 0;
  #ms = 0;

  constructor({ file, secondsMax = LIMITS.QUERY_SECONDS_MAX }: QueryWorkersOptions) {
    this.#options = { file, secondsMax };
  }

  get stats(): QueryWorkerStats {
    const running = [...this.#threads].filter(({ isFree }) => !isFree).length;
    const [answered, unanswered, seconds] = [this.#answered, this.#unanswered, this.#ms / 1_000];
    return { answered, unanswered, seconds, running, waiting: this.#waiting.length };
  }

  /** @throws HubError query.tooMany, query.tooLong, store.unavailable, server.draining; the signal's reason */
  async run(statement: QueryStatement, signal?: AbortSignal): Promise<TimedAnswer> {
    try {
      const answer = await this.#queue(statement, signal);
      this.#answered++;
      this.#ms += answer.ms;
      return answer;
    } catch (error) {
      this.#unanswered++;
      throw error;
    }
  }

  #queue(statement: QueryStatement, signal?: AbortSignal): Promise<TimedAnswer> {
    return new Promise((resolve, reject) => {
      if (this.#closed) throw new HubError('server.draining', 'the store is closed: the server is stopping');
      signal?.throwIfAborted();
      if (this.#waiting.length >= LIMITS.QUERIES_WAITING_MAX) {
        const text = `${this.#waiting.length} queries wait for their turn already; at most ${LIMITS.QUERIES_WAITING_MAX} may`;
        throw new HubError('query.tooMany', text);
      }
      const waiting: Waiting = { number: this.#nextNumber(), statement, signal, resolve, reject };
      signal?.addEventListener('abort', () => this.#leave(waiting), { once: true });
      this.#waiting.push(waiting);
      this.#assign();
    });
  }

  /** Ends what runs and refuses what waits. */
  async close(): Promise<void> {
    this.#closed = true;
    const refusal = new HubError('server.draining', 'the server is stopping');
    for (const { reject } of this.#waiting.splice(0)) reject(refusal);
    await Promise.all([...this.#threads].map((thread) => thread.end(refusal)));
  }

  #nextNumber(): number {
    // Never 0, which stops nobody, and never more than 31 bits.
    this.#lastNumber = (this.#lastNumber % 0x7fff_ffff) + 1;
    return this.#lastNumber;
  }

  #leave(left: Waiting): void {
    if (!this.#waiting.includes(left)) return;
    this.#waiting = this.#waiting.filter((each) => each !== left);
    left.reject(left.signal?.reason);
  }

  #assign(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#freeThread();
      if (thread === undefined) return;
      const next = this.#waiting.shift();
      if (next !== undefined) thread.begin(next);
    }
  }

  #freeThread(): QueryThread | undefined {
    for (const thread of this.#threads) if (thread.isFree) return thread;
    if (this.#threads.size >= LIMITS.QUERY_THREADS_MAX) return undefined;
    const thread = new QueryThread(this.#options, {
      onFree: () => this.#assign(),
      onEnd: () => {
        this.#threads.delete(thread);
        if (!this.#closed) this.#assign();
      },
    });
    this.#threads.add(thread);
    return thread;
  }
}

interface ThreadEvents {
  readonly onFree: () => void;
  readonly onEnd: () => void;
}

class QueryThread {
  readonly #worker: Worker;
  readonly #stop = new Int32Array(new SharedArrayBuffer(4));
  readonly #secondsMax: number;
  readonly #events: ThreadEvents;
  #isReady = false;
  #current: Waiting | null = null;
  #timer: NodeJS.Timeout | undefined;

  constructor({ file, secondsMax }: Required<QueryWorkersOptions>, events: ThreadEvents) {
    this.#secondsMax = secondsMax;
    this.#events = events;
    const workerData: QueryWorkerData = { file, stop: this.#stop.buffer };
    this.#worker = startThread(new URL('./query-worker.ts', import.meta.url), workerData);
    // A process that has nothing else to do may end.
    this.#worker.unref();
    this.#worker.on('message', (reply: QueryReply) => this.#hear(reply));
    this.#worker.on('error', (fault) => this.#ended(fault));
    this.#worker.on('exit', () => this.#ended(new Error('the thread that ran the query ended')));
  }

  get isFree(): boolean {
    return this.#current === null;
  }

  begin(waiting: Waiting): void {
    this.#current = waiting;
    const { number, statement, signal } = waiting;
    this.#worker.postMessage({ number, statement } satisfies QueryOrder);
    signal?.addEventListener('abort', () => this.#giveUp(waiting, signal.reason), { once: true });
    if (this.#isReady) this.#watch();
  }

  async end(reason: unknown): Promise<void> {
    if (this.#current !== null) this.#giveUp(this.#current, reason);
    await this.#worker.terminate();
  }

  /** From when the query runs, not from when its thread began to start. */
  #watch(): void {
    const current = this.#current;
    if (current === null) return;
    this.#timer = setTimeout(() => {
      const text = `the query ran longer than ${this.#secondsMax} seconds and was ended`;
      this.#giveUp(current, new HubError('query.tooLong', text));
    }, this.#secondsMax * 1_000);
  }

  /** Whoever asked hears it at once. The thread is free again when it has noticed: at its next row. */
  #giveUp(waiting: Waiting, reason: unknown): void {
    if (this.#current !== waiting) return;
    clearTimeout(this.#timer);
    Atomics.store(this.#stop, 0, waiting.number);
    waiting.reject(reason);
  }

  #hear(reply: QueryReply): void {
    if (reply.kind === 'ready') {
      this.#isReady = true;
      this.#watch();
      return;
    }
    const current = this.#current;
    if (current?.number !== reply.number) return;
    clearTimeout(this.#timer);
    this.#current = null;
    // Of a promise that was given up already these change nothing.
    if (reply.kind === 'answered') current.resolve({ ...reply.answer, ms: reply.ms });
    else if (reply.kind === 'failed') current.reject(failure(reply));
    this.#events.onFree();
  }

  /** Comes more than once: an error is followed by the exit. */
  #ended(fault: unknown): void {
    clearTimeout(this.#timer);
    this.#current?.reject(fault);
    this.#current = null;
    this.#events.onEnd();
  }
}

function failure({ code, message, stack }: QueryReply & { kind: 'failed' }): Error {
  if (code !== 'server.fault') return new HubError(code, message);
  // A fault of ours in the thread: its stack is what whoever repairs it needs.
  return new HubError(code, message, { cause: new Error(stack ?? message) });
}
