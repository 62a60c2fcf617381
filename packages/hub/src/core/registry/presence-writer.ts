import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { AppendsToLog, KeepsRegistry, KnowsItsNames, Presence, TellsTime } from '../ports.ts';
import { appendHappening } from '../record/append-happening.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';
import type { DeviceSession } from '../session/device-session.ts';
import type { PresenceChange } from '../session/session-directory.ts';

export interface PresenceWriterOptions {
  /** How long a change may wait. Default: 1,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

type PresenceHub = HoldsSessions & KeepsRegistry & AppendsToLog & TellsTime & KnowsItsNames;

const CHANGES_AT_ONCE_MAX = 256;
/** Rows of one write: more would keep sockets waiting for their turn. */
const SAVED_AT_ONCE_MAX = 1_000;
/** How stale the stored time of a connected device may be. Readers who ask now get the session's own. */
const ACTIVITY_MS = 60_000;
/** Sequence numbers are times with room for this many of one millisecond: they rise over restarts too. */
const NUMBERS_PER_MS = 1_048_576n;
const SEQUENCE_DIGITS = 64;

/**
 * Who came and went: into the log for readers, and into the store for whoever looks later.
 *
 *     presence change ─► waiting ─► record in the log ─► unsaved ─ each second ─► store
 *
 * Invariants
 *  1. Records of one device are written in the order of its changes, with a number that always rises.
 *  2. Nothing here delays a connection. What waits is bounded; past LIMITS.PRESENCE_WAITING_MAX the oldest change goes.
 *  3. A change that the log refuses is told to `onFault` and gone: presence is news, and the next change corrects it.
 */
export class PresenceWriter {
  readonly #hub: PresenceHub;
  readonly #onFault: OnFault;
  readonly #saving: RepeatingTask;
  readonly #stopListening: () => void;
  readonly #waiting: PresenceChange[] = [];
  readonly #unsaved = new Map<string, DeviceIdentity & Presence>();
  readonly #savedActivity = new WeakMap<DeviceSession, number>();
  #recording: Promise<void> | null = null;
  #lastNumber = 0n;

  constructor(hub: PresenceHub, { intervalMs = 1_000, onFault = warnOfFault }: PresenceWriterOptions = {}) {
    this.#hub = hub;
    this.#onFault = onFault;
    this.#saving = new RepeatingTask(() => this.#saveSome(), intervalMs, onFault);
    this.#stopListening = hub.sessions.onPresence((change) => this.#heard(change));
  }

  /** Writes what waits. Sessions should have left before. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#saving.close();
    await this.#recording;
    try {
      do await this.#saveSome();
      while (this.#unsaved.size > 0);
    } catch (fault) {
      this.#onFault(fault);
    }
  }

  #heard(change: PresenceChange): void {
    this.#waiting.push(change);
    if (this.#waiting.length > LIMITS.PRESENCE_WAITING_MAX) this.#waiting.shift();
    this.#recording ??= this.#recordAll();
  }

  async #recordAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const changes = this.#waiting.splice(0, CHANGES_AT_ONCE_MAX);
      await Promise.all(await this.#recordBatch(changes));
    }
    this.#recording = null;
  }

  /** Starts one append after another, which fixes their order, and returns them still under way. */
  async #recordBatch(changes: readonly PresenceChange[]): Promise<Promise<void>[]> {
    const appends: Promise<void>[] = [];
    for (const change of changes) {
      try {
        const device = await this.#hub.registry.find(change.identity);
        if (device === undefined) continue;
        appends.push(
          appendHappening(this.#hub, device, {
            kind: 'connectionState',
            opType: change.connected ? 'deviceConnected' : 'deviceDisconnected',
            body: { sequenceNumber: this.#nextNumber(change.time) },
            time: change.time,
          }).catch(this.#onFault),
        );
        this.#remember(change);
      } catch (fault) {
        this.#onFault(fault);
      }
    }
    return appends;
  }

  #remember({ identity, connected, time }: PresenceChange): void {
    const presence = { connected, connectionStateUpdatedTime: time, lastActivityTime: time };
    this.#unsaved.set(identityKey(identity), { ...identity, ...presence });
  }

  #nextNumber(time: number): string {
    const byTime = BigInt(time) * NUMBERS_PER_MS;
    this.#lastNumber = byTime > this.#lastNumber ? byTime : this.#lastNumber + 1n;
    return this.#lastNumber.toString(16).toUpperCase().padStart(SEQUENCE_DIGITS, '0');
  }

  async #saveSome(): Promise<void> {
    this.#noteActivity();
    const changes = [...this.#unsaved].slice(0, SAVED_AT_ONCE_MAX);
    for (const [key] of changes) this.#unsaved.delete(key);
    try {
      await this.#hub.registry.savePresence(changes.map(([, presence]) => presence));
    } catch (fault) {
      // Kept for the next round, unless something newer is known by now.
      for (const [key, presence] of changes) if (!this.#unsaved.has(key)) this.#unsaved.set(key, presence);
      throw fault;
    }
  }

  #noteActivity(): void {
    for (const session of this.#hub.sessions) {
      const saved = this.#savedActivity.get(session) ?? session.connectedTime;
      if (session.lastActivityTime - saved < ACTIVITY_MS || this.#unsaved.size >= SAVED_AT_ONCE_MAX) continue;
      const { identity, connectedTime, lastActivityTime } = session;
      this.#savedActivity.set(session, lastActivityTime);
      this.#unsaved.set(identityKey(identity), {
        ...identity,
        connected: true,
        connectionStateUpdatedTime: connectedTime,
        lastActivityTime,
      });
    }
  }
}
