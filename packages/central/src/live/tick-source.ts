import { LIMITS } from '@viaduct/contracts';
import type { HoldsSessions, Hub } from '@viaduct/hub';
import { messagesEver } from '../telemetry/message-rate.ts';

const TICK_MS = 1_000;

/** The counters of one second. */
export interface Tick {
  readonly at: string;
  readonly connected: number;
  readonly messagesPerSecond: number;
  /** Device → when it was last heard, for those heard since the tick before; at most LIMITS.TICK_DEVICES_MAX. */
  readonly seen: Readonly<Record<string, string>>;
}

export type TickListener = (tick: Tick) => void;

/** Counts once a second, for all who watch together; not at all while nobody does. */
export class TickSource {
  readonly #hub: Hub;
  readonly #listeners = new Set<TickListener>();
  /** Heard and not yet told, oldest first: a crowd is told in turns and nobody starves. */
  readonly #seen = new Map<string, number>();
  #timer: ReturnType<typeof setInterval> | undefined;
  #lastTime = 0;
  #lastMessages = 0;

  constructor(hub: Hub) {
    this.#hub = hub;
  }

  listen(listener: TickListener): () => void {
    this.#listeners.add(listener);
    if (this.#timer === undefined) this.#start();
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size === 0) this.close();
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    this.#seen.clear();
  }

  #start(): void {
    this.#lastTime = this.#hub.clock.now();
    this.#lastMessages = messagesEver(this.#hub);
    this.#timer = setInterval(() => this.#tick(), TICK_MS);
    this.#timer.unref();
  }

  #tick(): void {
    const now = this.#hub.clock.now();
    const messages = messagesEver(this.#hub);
    const seconds = Math.max(now - this.#lastTime, 1) / 1000;
    this.#noteSeen(this.#lastTime);
    const tick = {
      at: new Date(now).toISOString(),
      connected: connectedDevices(this.#hub),
      messagesPerSecond: Math.round(((messages - this.#lastMessages) / seconds) * 10) / 10,
      seen: this.#takeSeen(),
    };
    this.#lastTime = now;
    this.#lastMessages = messages;
    for (const listener of this.#listeners) listener(tick);
  }

  #noteSeen(since: number): void {
    for (const { identity, lastActivityTime } of this.#hub.sessions) {
      if (lastActivityTime > since) this.#seen.set(identity.deviceId, lastActivityTime);
    }
  }

  #takeSeen(): Readonly<Record<string, string>> {
    const told: [string, string][] = [];
    for (const [deviceId, time] of this.#seen) {
      if (told.length === LIMITS.TICK_DEVICES_MAX) break;
      told.push([deviceId, new Date(time).toISOString()]);
      this.#seen.delete(deviceId);
    }
    return Object.fromEntries(told);
  }
}

/** Devices with a connection now; modules are parts of theirs. */
export function connectedDevices({ sessions }: HoldsSessions): number {
  let count = 0;
  for (const { identity } of sessions) if (identity.moduleId === undefined) count += 1;
  return count;
}
