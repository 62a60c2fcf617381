import type { ServerResponse } from 'node:http';
import { HubError, LIMITS } from '@viaduct/contracts';
import { isSessionOpen } from '../people/console-session.ts';
import type { CentralStore } from '../store/central-store.ts';
import { type LiveScope, LiveStream, type Watched } from './live-stream.ts';
import { TickSource } from './tick-source.ts';

/** All live streams of the console: bounded per session, and ended with it. */
export class LiveStreams {
  readonly #watched: Watched;
  readonly #store: CentralStore;
  readonly #onFault: (thrown: unknown) => void;
  readonly #streams = new Map<LiveStream, string>();
  readonly #ticks: TickSource;
  #heartbeat: ReturnType<typeof setInterval> | undefined;

  constructor(parts: Watched & { readonly store: CentralStore }, onFault: (thrown: unknown) => void) {
    this.#watched = parts;
    this.#store = parts.store;
    this.#onFault = onFault;
    this.#ticks = new TickSource(parts.hub);
  }

  /** @throws HubError quota.exceeded (retry) */
  requireRoom(sessionKey: string): void {
    let held = 0;
    for (const key of this.#streams.values()) if (key === sessionKey) held += 1;
    if (held >= LIMITS.LIVE_STREAMS_PER_SESSION_MAX) {
      throw new HubError('quota.exceeded', `${held} live streams are open in this session; close some pages`);
    }
  }

  open(sessionKey: string, scope: LiveScope, response: ServerResponse): void {
    const stream = new LiveStream(this.#watched, scope, response);
    this.#streams.set(stream, sessionKey);
    this.#heartbeat ??= setInterval(() => this.#beat(), LIMITS.LIVE_HEARTBEAT_SECONDS * 1000).unref();
    const stopTicks = this.#ticks.listen((tick) => stream.tick(tick));
    stream
      .run()
      .catch(this.#onFault)
      .finally(() => {
        stopTicks();
        this.#forget(stream);
      });
  }

  announceUpdate(deviceId: string): void {
    for (const stream of this.#streams.keys()) stream.announceUpdate(deviceId);
  }

  endSession(sessionKey: string): void {
    for (const [stream, key] of this.#streams) if (key === sessionKey) stream.close();
  }

  /** Ends what sessions that expired, or were ended elsewhere, still watch. */
  async endClosedSessions(): Promise<void> {
    for (const sessionKey of new Set(this.#streams.values())) {
      if (!(await isSessionOpen(this.#store, sessionKey))) this.endSession(sessionKey);
    }
  }

  close(): void {
    for (const stream of this.#streams.keys()) stream.close();
    this.#ticks.close();
  }

  #beat(): void {
    for (const stream of this.#streams.keys()) stream.heartbeat();
    this.endClosedSessions().catch(this.#onFault);
  }

  #forget(stream: LiveStream): void {
    this.#streams.delete(stream);
    if (this.#streams.size > 0) return;
    clearInterval(this.#heartbeat);
    this.#heartbeat = undefined;
  }
}
