import { type DeviceIdentity, HubError, identityKey, LIMITS, parseIdentityKey } from '@viaduct/contracts';
import type { Hub, OnFault } from '@viaduct/hub';
import type {
  DropReason,
  History,
  HistoryRead,
  HistoryRows,
  HistoryStats,
  Series,
  SeriesName,
  SqlValue,
} from './history.ts';
import { HistoryThread } from './history-thread-handle.ts';
import { LogFeed, reachablePlaces } from './log-feed.ts';
import { QueryQueue } from './query-queue.ts';
import { SeriesBook } from './series-book.ts';
import type { CommitReply, HistoryReply, HistoryThreadData, StoreFigures } from './thread-messages.ts';

export interface StoredHistoryOptions extends HistoryThreadData {
  readonly hub: Hub;
  readonly onFault: OnFault;
}

interface Waiter {
  readonly ends: readonly number[];
  readonly resolve: () => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * The history that a thread of this process keeps.
 *
 *     opening ─► running ─► failed ─► opening …      after LIMITS.HISTORY_RESTART_SECONDS, later if it fails again; the log has what was not kept
 *
 * Opening takes some tenths of a second, behind the start of the server: queries wait for it the first time, and are told why after a fault.
 */
export class StoredHistory implements History {
  readonly #options: StoredHistoryOptions;
  readonly #series = new SeriesBook();
  readonly #queries = new QueryQueue();
  /** By partition: the first offset that cannot be read here yet. */
  readonly #places: number[];
  readonly #dropped: Record<DropReason, number> = {
    ...{ notJson: 0, notANumber: 0, nameUnusable: 0, tooManySeries: 0, valueTooLarge: 0, deviceRemoved: 0 },
  };
  #thread: HistoryThread | undefined;
  #feed: LogFeed | undefined;
  #restart: NodeJS.Timeout | undefined;
  /** Longer after each failure, until something was written again. */
  #restartMs = LIMITS.HISTORY_RESTART_SECONDS * 1_000;
  #waiters: Waiter[] = [];
  #figures: StoreFigures | undefined;
  #failure: string | null = null;
  #missedBefore = 0;
  #pointsWritten = 0;
  #isClosed = false;

  constructor(options: StoredHistoryOptions) {
    this.#options = options;
    this.#places = Array.from({ length: 2 * options.hub.eventPartitions }, () => 0);
    this.#start();
  }

  query(sql: string, parameters: readonly SqlValue[], { rowsMax, signal }: HistoryRead): Promise<HistoryRows> {
    return this.#queries.ask({ sql, parameters, rowsMax }, signal);
  }

  async writeParquet(sql: string, parameters: readonly SqlValue[], file: string, signal?: AbortSignal): Promise<void> {
    await this.#queries.ask({ sql, parameters, rowsMax: 0, parquetFile: file }, signal);
  }

  seriesOf(device: DeviceIdentity): readonly Series[] {
    return this.#series.of(device);
  }

  seriesNamed(wanted: SeriesName, deviceIds?: readonly string[]): readonly Series[] {
    return this.#series.named(wanted, deviceIds);
  }

  async droppedOf(device: DeviceIdentity): Promise<Partial<Record<DropReason, number>>> {
    const sql = 'SELECT reason, count FROM dropped WHERE identity = ?';
    const { rows } = await this.query(sql, [identityKey(device)], { rowsMax: 100 });
    return Object.fromEntries(rows) as Partial<Record<DropReason, number>>;
  }

  caughtUp(signal?: AbortSignal): Promise<void> {
    const { log } = this.#options.hub;
    const ends = this.#places.map((_, partition) => log.bounds(partition).next);
    return new Promise((resolve, reject) => {
      signal?.throwIfAborted();
      const waiter = { ends, resolve, reject };
      signal?.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
      this.#waiters.push(waiter);
      this.#settleWaiters();
      this.#askForCommit();
    });
  }

  stats(): HistoryStats {
    const { log } = this.#options.hub;
    const behind = this.#places.map((next, partition) => Math.max(0, log.bounds(partition).next - next));
    return {
      ...this.#state(),
      behind,
      lagMs: this.#lagMs(),
      missed: this.#missedBefore + (this.#feed?.missed ?? 0),
      pointsWritten: this.#pointsWritten,
      dropped: { ...this.#dropped },
      series: this.#series.size,
      points: this.#figures?.points ?? 0,
      bytes: this.#figures?.bytes ?? 0,
      parts: this.#figures?.parts ?? 0,
      pointsRemoved: this.#figures?.pointsRemoved ?? 0,
      lastRetentionTime: this.#figures?.lastRetentionTime ?? 0,
      ...this.#queries.stats,
    };
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    await this.#feed?.close();
    await this.#thread?.close();
    const why = new HubError('server.draining', 'the server is stopping');
    this.#queries.shut(why);
    for (const { reject } of this.#waiters.splice(0)) reject(why);
  }

  #start(): void {
    const { file, settings } = this.#options;
    this.#thread = new HistoryThread(
      { file, settings },
      { onReply: (reply) => this.#hear(reply), onEnd: (fault) => this.#ended(fault) },
    );
  }

  #hear(reply: HistoryReply): void {
    switch (reply.kind) {
      case 'opened':
        this.#opened(reply).catch(this.#options.onFault);
        break;
      case 'taken':
        this.#feed?.taken(reply.bytes);
        break;
      case 'committed':
        this.#committed(reply);
        break;
      case 'answered':
      case 'failed':
        this.#queries.hear(reply);
        break;
      case 'figures':
        this.#heardFigures(reply.figures);
        break;
      case 'fault':
        this.#options.onFault(new HubError('history.unavailable', reply.message));
        break;
      default:
        reply satisfies never;
    }
  }

  async #opened({ places: known, series }: Extract<HistoryReply, { readonly kind: 'opened' }>): Promise<void> {
    const { hub, onFault } = this.#options;
    const thread = this.#thread;
    const places = await reachablePlaces(hub, known, onFault);
    // It ended meanwhile, or was ended.
    if (thread !== this.#thread || this.#isClosed) return;
    this.#failure = null;
    this.#series.clear();
    this.#series.add(series);
    for (const [partition, { next }] of places) this.#places[partition] = next;
    this.#queries.open((order) => this.#thread?.tell(order));
    this.#feed = new LogFeed({ hub, places, onFault, send: (kind, piece) => this.#thread?.tell({ kind, piece }) });
    this.#settleWaiters();
  }

  #committed({ places, points, added, removed, dropped, unfoundedTwins }: CommitReply): void {
    for (const key of removed) this.#series.remove(key);
    this.#series.add(added);
    for (const [partition, next] of places) {
      this.#places[partition] = next;
      this.#feed?.written(partition, next);
    }
    this.#pointsWritten += points;
    this.#restartMs = LIMITS.HISTORY_RESTART_SECONDS * 1_000;
    for (const [reason, count] of Object.entries(dropped)) this.#dropped[reason as DropReason] += count;
    for (const key of unfoundedTwins) void this.#found(parseIdentityKey(key)).catch(this.#options.onFault);
    this.#settleWaiters();
    if (this.#waiters.length > 0) this.#askForCommit();
  }

  /** A twin that is gone meanwhile has no history either. */
  async #found(identity: DeviceIdentity): Promise<void> {
    const { registry, twins, clock } = this.#options.hub;
    const [entry, twin] = await Promise.all([registry.find(identity), twins.find(identity)]);
    if (entry === undefined || twin === undefined) return;
    const { tags, desired, reported } = twin;
    const document = { tags, desired: desired.values, reported: reported.values };
    const { generationId } = entry;
    const found = { key: identityKey(identity), generationId, twin: document, time: clock.now() };
    this.#thread?.tell({ kind: 'twin', found });
  }

  #settleWaiters(): void {
    const isThere = ({ ends }: Waiter) => ends.every((end, partition) => (this.#places[partition] ?? 0) >= end);
    const there = this.#waiters.filter(isThere);
    this.#waiters = this.#waiters.filter((waiter) => !there.includes(waiter));
    for (const { resolve } of there) resolve();
  }

  /** Somebody waits for what may have been taken and not been written. */
  #askForCommit(): void {
    if (this.#waiters.length > 0) this.#thread?.tell({ kind: 'commit' });
  }

  #ended(fault: Error): void {
    const { onFault } = this.#options;
    const feed = this.#feed;
    this.#feed = undefined;
    this.#thread = undefined;
    this.#missedBefore += feed?.missed ?? 0;
    this.#failure = fault.message;
    this.#queries.shut(new HubError('history.unavailable', `the history is to be opened again: ${fault.message}`));
    onFault(new HubError('history.unavailable', `the history failed: ${fault.message}`, { cause: fault }));
    void feed?.close().then(() => {
      if (this.#isClosed) return;
      this.#restart = setTimeout(() => this.#start(), this.#restartMs);
      this.#restart.unref();
      this.#restartMs = Math.min(2 * this.#restartMs, LIMITS.HISTORY_RESTART_SECONDS_MAX * 1_000);
    });
  }

  #heardFigures(figures: StoreFigures): void {
    const wasFull = this.#isDiskFull;
    this.#figures = figures;
    if (this.#isDiskFull && !wasFull) {
      this.#options.onFault(new HubError('history.unavailable', this.#state().reason ?? ''));
    }
  }

  get #isDiskFull(): boolean {
    return (this.#figures?.diskFreeBytes ?? null) !== null;
  }

  #state(): Pick<HistoryStats, 'state' | 'reason'> {
    if (this.#failure !== null) return { state: 'failed', reason: this.#failure };
    if (this.#feed === undefined) return { state: 'opening', reason: 'the store is being opened' };
    const free = this.#figures?.diskFreeBytes ?? null;
    if (free === null) return { state: 'running', reason: null };
    const text = `${free} bytes are free on the disk, and the history leaves ${LIMITS.HISTORY_DISK_RESERVE_BYTES} to everything else: nothing is written to it until there is room`;
    return { state: 'diskFull', reason: text };
  }

  #lagMs(): number {
    const oldest = this.#feed?.oldestUnwritten();
    return oldest === undefined ? 0 : Math.max(0, this.#options.hub.clock.now() - oldest);
  }
}
