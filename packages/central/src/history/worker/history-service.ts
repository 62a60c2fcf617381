import { LIMITS } from '@viaduct/contracts';
import type { CommitReply, HistoryOrder, HistoryReply, HistoryThreadData, LogPiece } from '../thread-messages.ts';
import type { CommitBatch } from './commit-batch.ts';
import { type OpenStore, openStore } from './open-store.ts';
import { QueryDesk } from './query-desk.ts';
import { Turns } from './turns.ts';
import { freeBytesBeside, Upkeep } from './upkeep.ts';

/** What tests put in the place of the machine's. */
export interface HistoryServicePorts {
  /** Bytes that may still be written beside the file. */
  readonly freeBytes: (file: string) => Promise<number>;
  /** Between two looks at the disk, ms. */
  readonly upkeepMs: number;
}

const REAL_PORTS: HistoryServicePorts = {
  freeBytes: freeBytesBeside,
  upkeepMs: LIMITS.HISTORY_UPKEEP_SECONDS * 1_000,
};

/** Points of one transaction: more would take memory and bring nothing. */
const BATCH_POINTS_MAX = 200_000;
const BATCH_BYTES_MAX = 32 * 1_048_576;

/**
 * Does what the other thread orders.
 *
 *     records ─► taken into a batch ─► committed when it is due, large, or asked for ─► the other thread hears how far
 *     query ─► its connection ─► answered | failed
 *
 * Invariants
 *  1. Commits take turns with whatever else changes tables, so no transaction ever conflicts with another.
 *  2. While a commit is under way the next batch is being collected; a piece is said to be taken when there is room for another.
 *  3. A commit that fails ends the thread: what was taken is in the log still, and the next thread begins where the store is.
 */
export class HistoryService {
  readonly #store: OpenStore;
  readonly #data: HistoryThreadData;
  readonly #reply: (reply: HistoryReply) => void;
  readonly #freeBytes: HistoryServicePorts['freeBytes'];
  readonly #turns = new Turns();
  readonly #queries: QueryDesk;
  readonly #upkeep: Upkeep;
  readonly #timers: NodeJS.Timeout[] = [];
  readonly #pieces: LogPiece[] = [];
  /** Pieces whose room is given back with the commit they are in. */
  #takenBytes = 0;
  #isCommitting = false;
  #isDiskFull = false;
  #isClosing = false;
  #lookingAfter: Promise<void> = Promise.resolve();
  readonly #end: { resolve: () => void; reject: (fault: unknown) => void };
  /** Resolves when it was closed; rejects when it cannot go on. The file is let go of either way. */
  readonly ended: Promise<void>;

  private constructor(
    store: OpenStore,
    data: HistoryThreadData,
    reply: (reply: HistoryReply) => void,
    freeBytes: HistoryServicePorts['freeBytes'],
  ) {
    this.#store = store;
    this.#data = data;
    this.#reply = reply;
    this.#freeBytes = freeBytes;
    const { database, parts } = store;
    const { writer, upkeep } = database;
    this.#queries = new QueryDesk(() => database.connect(), reply);
    this.#upkeep = new Upkeep({ ...data, parts, writer, upkeep, turns: this.#turns, now: () => Date.now() });
    const { promise, resolve, reject } = withResolvers();
    this.ended = promise;
    this.#end = { resolve, reject };
  }

  /** @throws HubError store.unusable */
  static async open(
    data: HistoryThreadData,
    reply: (reply: HistoryReply) => void,
    { freeBytes, upkeepMs } = REAL_PORTS,
  ): Promise<HistoryService> {
    const store = await openStore(data);
    const service = new HistoryService(store, data, reply, freeBytes);
    reply({ kind: 'opened', places: store.places, series: store.series });
    service.#repeat(() => service.#commit(false), LIMITS.HISTORY_COMMIT_MS);
    service.#repeat(() => service.#lookAfter(), upkeepMs, 0);
    return service;
  }

  hear(order: HistoryOrder): void {
    switch (order.kind) {
      case 'recount':
        this.#store.taker.recount(order.piece);
        break;
      case 'records':
        this.#pieces.push(order.piece);
        if (this.#pieces.length === 1) setImmediate(() => this.#takeNext());
        break;
      case 'twin':
        this.#store.taker.takeFound(order.found);
        break;
      case 'commit':
        void this.#commit(true);
        break;
      case 'query':
        this.#queries.run(order.number, order.query);
        break;
      case 'cancel':
        this.#queries.cancel(order.number);
        break;
      case 'close':
        void this.#close();
        break;
      default:
        order satisfies never;
    }
  }

  /** One at a time: queries have their turn in between. */
  #takeNext(): void {
    const [piece] = this.#pieces;
    if (piece === undefined || this.#isClosing) return;
    try {
      this.#take(piece);
    } catch (thrown) {
      void this.#fail(thrown);
      return;
    }
    this.#pieces.shift();
    if (this.#pieces.length > 0) setImmediate(() => this.#takeNext());
  }

  #take(piece: LogPiece): void {
    const { taker } = this.#store;
    taker.take(piece);
    this.#takenBytes += piece.packed.byteLength;
    const { points } = taker.batch;
    if (points.size >= BATCH_POINTS_MAX || points.bytes >= BATCH_BYTES_MAX) void this.#commit(false);
    else if (!this.#isCommitting) this.#giveRoom();
  }

  #giveRoom(): void {
    if (this.#takenBytes === 0 || this.#isDiskFull) return;
    this.#reply({ kind: 'taken', bytes: this.#takenBytes });
    this.#takenBytes = 0;
  }

  /** @param isAsked drops are written as well, though they are not due */
  async #commit(isAsked: boolean): Promise<void> {
    const { taker, committer } = this.#store;
    if (this.#isDiskFull || (taker.batch.isEmpty && !isAsked) || (this.#isCommitting && !isAsked)) return;
    this.#isCommitting = true;
    try {
      await this.#turns.take(async () => {
        const batch = taker.takeBatch();
        await committer.commit(batch, taker.nextSeriesId, isAsked);
        this.#reply({ ...replyOf(batch), unfoundedTwins: taker.takeUnfounded() });
      });
    } catch (thrown) {
      void this.#fail(thrown);
      return;
    }
    this.#isCommitting = false;
    this.#giveRoom();
  }

  async #fail(thrown: unknown): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    await this.#letGo();
    this.#end.reject(thrown);
  }

  #lookAfter(): Promise<void> {
    this.#lookingAfter = this.#keepUp().catch((thrown: unknown) => this.#tell(thrown));
    return this.#lookingAfter;
  }

  async #keepUp(): Promise<void> {
    if (this.#isClosing) return;
    const freeBytes = await this.#freeBytes(this.#data.file);
    const reserve = LIMITS.HISTORY_DISK_RESERVE_BYTES * (this.#isDiskFull ? RESUME_FACTOR : 1);
    this.#isDiskFull = freeBytes < reserve;
    // Sorting needs room of its own; what only removes goes on.
    await this.#upkeep.run({ mayWrite: !this.#isDiskFull });
    this.#reply({
      kind: 'figures',
      figures: { ...(await this.#upkeep.figures()), diskFreeBytes: this.#isDiskFull ? freeBytes : null },
    });
    this.#giveRoom();
  }

  async #close(): Promise<void> {
    if (this.#isClosing) return;
    for (const piece of this.#pieces.splice(0)) this.#store.taker.take(piece);
    await this.#commit(true);
    if (this.#isClosing) return;
    this.#isClosing = true;
    await this.#letGo();
    this.#end.resolve();
  }

  /** Whatever works on a connection ends before it is closed. */
  async #letGo(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#upkeep.stop();
    await this.#queries.cancelAll();
    await this.#lookingAfter;
    await this.#turns.ended();
    this.#store.database.close();
  }

  #tell(thrown: unknown): void {
    if (this.#isClosing) return;
    this.#reply({
      kind: 'fault',
      message: thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown),
    });
  }

  /** Again and again, never twice at once. */
  #repeat(work: () => Promise<void>, ms: number, firstMs = ms): void {
    const index = this.#timers.length;
    const schedule = (after: number) => {
      this.#timers[index] = setTimeout(() => {
        void work().then(() => {
          if (!this.#isClosing) schedule(ms);
        });
      }, after);
    };
    schedule(firstMs);
  }
}

function withResolvers() {
  let resolve!: () => void;
  let reject!: (fault: unknown) => void;
  const promise = new Promise<void>((settle, fail) => {
    resolve = settle;
    reject = fail;
  });
  return { promise, resolve, reject };
}

/** Room that must be there again before writing goes on, so that it does not stop and go. */
const RESUME_FACTOR = 1.25;

function replyOf({ places, points, added, removed, dropped }: CommitBatch): Omit<CommitReply, 'unfoundedTwins'> {
  return {
    kind: 'committed',
    places: new Map([...places].map(([partition, { next }]) => [partition, next])),
    points: points.size,
    added: added.map(({ generationId: _, ...series }) => series),
    removed: removed.map(({ key }) => key),
    dropped,
  };
}
