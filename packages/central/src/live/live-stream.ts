import type { ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import { partitionFor } from '@viaduct/contracts';
import { type Hub, isTelemetry, recordIsOf } from '@viaduct/hub';
import type { LogRecord } from '@viaduct/log';
import type { Provisioning } from '@viaduct/provisioning';
import { attemptView } from '../console/attempt-view.ts';
import { twinView } from '../console/device-view.ts';
import { liveTelemetry } from '../telemetry/live-telemetry.ts';
import { historyStart, READ_BYTES } from '../telemetry/read-history.ts';
import { AttemptNews } from './attempt-news.ts';
import { EventStreamWriter } from './event-stream-writer.ts';
import { type DepartureReasons, departureReasons, readHappening } from './happening.ts';
import { RefusalNews } from './refusal-news.ts';
import { formatResumeToken, parseResumeToken } from './resume-token.ts';
import type { Tick } from './tick-source.ts';

/** Reads at the live tail come at least this far apart: under a flood a stream reads batches, not messages. */
const READ_EVERY_MS = 20;

export interface LiveScope {
  /** Null for the whole fleet, which never includes telemetry. */
  readonly deviceId: string | null;
  readonly telemetry: boolean;
  /** Whether attempts to be provisioned are told, from now on. */
  readonly attempts: boolean;
  readonly sinceSeconds: number;
  /** What a returning browser sent as `Last-Event-ID`. */
  readonly resumeToken: string | null;
}

/** What a stream tells of. */
export interface Watched {
  readonly hub: Hub;
  readonly provisioning: Provisioning;
}

/**
 * One browser's live stream.
 *
 *     begin ─► history ─► caughtUp ─► live ─► ended: the browser has gone, or the session has
 *
 * Invariants
 *  1. Each partition is read in order by one loop. The position moves past a record before its event is pushed, and the
 *     event carries that position as its id: a browser that comes back with it misses nothing and gets nothing twice.
 *  2. No loop reads on before the reader has taken what was written.
 *  3. A device's stream follows one telemetry partition and one partition of happenings, whatever the fleet does.
 *  4. Attempts have no place in the log and none in the id: a browser that was away asks for their list again.
 */
export class LiveStream {
  readonly #hub: Hub;
  readonly #scope: LiveScope;
  readonly #writer: EventStreamWriter;
  readonly #ending = new AbortController();
  readonly #offsets = new Map<number, number>();
  readonly #refusals: RefusalNews | undefined;
  readonly #provisioning: Provisioning;
  readonly #attempts: AttemptNews | undefined;
  #lastSeen = 0;

  constructor({ hub, provisioning }: Watched, scope: LiveScope, response: ServerResponse) {
    this.#hub = hub;
    this.#provisioning = provisioning;
    this.#scope = scope;
    this.#lastSeen = hub.clock.now();
    this.#writer = new EventStreamWriter(response, this.#ending.signal);
    if (scope.deviceId !== null) this.#refusals = new RefusalNews(hub, scope.deviceId);
    if (scope.attempts) this.#attempts = new AttemptNews(provisioning);
    response.once('close', () => this.close());
    // The browser may have gone while its session was looked up; then nothing more would tell.
    if (response.destroyed) this.close();
  }

  /** Runs until the stream ends. Rejects only for a fault. */
  async run(): Promise<void> {
    try {
      const partitions = followedPartitions(this.#hub, this.#scope);
      await this.#begin(partitions);
      const tails = new Map(partitions.map((partition) => [partition, this.#hub.log.bounds(partition).next]));
      await Promise.all([
        this.#history(tails).then(() => Promise.all(partitions.map((partition) => this.#follow(partition)))),
        this.#tellRefusals(),
        this.#tellAttempts(),
      ]);
    } catch (thrown) {
      if (!this.#ending.signal.aborted) throw thrown;
    } finally {
      this.close();
    }
  }

  close(): void {
    if (this.#ending.signal.aborted) return;
    // First the writer: it looks whether the reader is behind, which the abort makes it forget.
    this.#writer.end();
    this.#ending.abort();
    this.#refusals?.close();
    this.#attempts?.close();
  }

  /** A tick can be left out: the next one says as much. */
  tick(tick: Tick): void {
    if (this.#writer.isBlocked || this.#ending.signal.aborted) return;
    const { deviceId } = this.#scope;
    const seen = deviceId === null ? tick.seen : this.#seenSince(deviceId);
    this.#writer.push({ kind: 'tick', ...tick, seen }, this.#position());
    void this.#writer.flush();
  }

  heartbeat(): void {
    if (this.#writer.isBlocked || this.#ending.signal.aborted) return;
    this.#writer.pushHeartbeat(this.#position());
    void this.#writer.flush();
  }

  /** Somebody changed a device in this console. Not in the log, so a browser that was away reads it with the device. */
  announceUpdate(deviceId: string): void {
    if (this.#scope.deviceId !== null && this.#scope.deviceId !== deviceId) return;
    this.#writer.push({ kind: 'registry', deviceId, change: 'updated' }, this.#position());
    void this.#writer.flush();
  }

  async #begin(partitions: readonly number[]): Promise<void> {
    const { resumeToken, sinceSeconds } = this.#scope;
    const resumed = resumeToken === null ? undefined : parseResumeToken(resumeToken, partitions);
    for (const partition of partitions) {
      const offset = resumed?.offsets.get(partition) ?? (await historyStart(this.#hub, partition, sinceSeconds));
      // A token from before the data folder was replaced may be ahead of everything: there is nothing to wait for there.
      this.#offsets.set(partition, Math.min(offset, this.#hub.log.bounds(partition).next));
    }
    // A refusal of this very millisecond may come after us, so it is told: once too often beats never.
    this.#refusals?.beginAfter(resumed?.refusalsUntil ?? this.#hub.clock.now() - sinceSeconds * 1000 - 1);
  }

  async #history(tails: ReadonlyMap<number, number>): Promise<void> {
    for (const [partition, tail] of tails) {
      while (this.#nextOf(partition) < tail && (await this.#readOnce(partition)));
    }
    this.#writer.push({ kind: 'caughtUp' }, this.#position());
    await this.#writer.flush();
  }

  async #follow(partition: number): Promise<void> {
    const { signal } = this.#ending;
    while (await this.#hub.log.wait(partition, this.#nextOf(partition), signal)) {
      await this.#readOnce(partition);
      await delay(READ_EVERY_MS, undefined, { signal });
    }
  }

  /** One read and all it says; false at the live tail. */
  async #readOnce(partition: number): Promise<boolean> {
    const records = await this.#hub.log.read(partition, this.#nextOf(partition), READ_BYTES);
    let twinRead = false;
    // The pages of the whole fleet show who is here, and not why others left: nothing is looked up for them.
    const reasonFor = this.#scope.deviceId === null ? async () => null : departureReasons(this.#hub);
    for (const record of records) {
      this.#ending.signal.throwIfAborted();
      const mine = this.#scope.deviceId === null || recordIsOf(record.data, this.#scope.deviceId);
      if (!mine) continue;
      // Happenings that are routed to the built-in endpoint are copied among telemetry; here they were told where they happened.
      if (partition < this.#hub.eventPartitions) {
        if (isTelemetry(record.data)) this.#tellTelemetry(partition, record);
      } else twinRead = (await this.#tellHappening(partition, record, { twinRead, reasonFor })) || twinRead;
      if (this.#writer.wantsFlush) await this.#writer.flush();
    }
    const last = records.at(-1);
    if (last !== undefined) this.#offsets.set(partition, last.offset + 1);
    await this.#writer.flush();
    return last !== undefined;
  }

  #tellTelemetry(partition: number, record: LogRecord): void {
    const event = { kind: 'telemetry', ...liveTelemetry(partition, record) } as const;
    this.#offsets.set(partition, record.offset + 1);
    this.#writer.push(event, this.#position());
  }

  /** True when the twin was read: it holds every change whose record is readable already, so one read serves a batch. */
  async #tellHappening(
    partition: number,
    record: LogRecord,
    { twinRead, reasonFor }: { readonly twinRead: boolean; readonly reasonFor: DepartureReasons },
  ): Promise<boolean> {
    const happening = await readHappening(record, reasonFor);
    const wantsTwin = happening?.kind === 'twinChanged' && this.#scope.deviceId !== null && !twinRead;
    const twin = wantsTwin ? await this.#hub.twins.find({ deviceId: happening.deviceId }) : undefined;
    this.#offsets.set(partition, record.offset + 1);
    if (happening?.kind === 'event') this.#writer.push(happening.event, this.#position());
    if (twin !== undefined) {
      this.#writer.push({ kind: 'twin', deviceId: twin.deviceId, twin: twinView(twin) }, this.#position());
    }
    return wantsTwin;
  }

  async #tellRefusals(): Promise<void> {
    const { deviceId } = this.#scope;
    if (this.#refusals === undefined || deviceId === null) return;
    for await (const refusal of this.#refusals.listen(this.#ending.signal)) {
      this.#writer.push({ kind: 'refusal', deviceId, refusal }, this.#position());
      await this.#writer.flush();
    }
  }

  async #tellAttempts(): Promise<void> {
    if (this.#attempts === undefined) return;
    for await (const { attempts, isCut } of this.#attempts.listen(this.#ending.signal)) {
      const told = attempts.map((attempt) => attemptView(this.#provisioning, attempt));
      this.#writer.push({ kind: 'attempts', attempts: told, isCut }, this.#position());
      await this.#writer.flush();
    }
  }

  #seenSince(deviceId: string): Readonly<Record<string, string>> {
    const time = this.#hub.sessions.find({ deviceId })?.lastActivityTime ?? 0;
    if (time <= this.#lastSeen) return {};
    this.#lastSeen = time;
    return { [deviceId]: new Date(time).toISOString() };
  }

  #nextOf(partition: number): number {
    return this.#offsets.get(partition) ?? 0;
  }

  #position(): string {
    return formatResumeToken({ offsets: this.#offsets, refusalsUntil: this.#refusals?.toldUntil ?? 0 });
  }
}

/** Telemetry lies in [0, n), happenings in [n, 2n); a device keeps to one of each. */
function followedPartitions({ eventPartitions }: Hub, scope: LiveScope): readonly number[] {
  if (scope.deviceId === null) return Array.from({ length: eventPartitions }, (_, index) => eventPartitions + index);
  const partition = partitionFor(scope.deviceId, eventPartitions);
  const happenings = eventPartitions + partition;
  return scope.telemetry ? [partition, happenings] : [happenings];
}
