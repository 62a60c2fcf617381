import assert from 'node:assert/strict';
import { type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type {
  AppendsToLog,
  KeepsConnections,
  KeepsRegistry,
  KnowsItsNames,
  Presence,
  RegistryEntry,
  TellsTime,
} from '../ports.ts';
import { appendHappening } from '../record/append-happening.ts';
import { type OnFault, RepeatingTask, warnOfFault } from '../repeating-task.ts';
import type { DeviceSession } from '../session/device-session.ts';
import type { PresenceChange } from '../session/session-directory.ts';
import { findLeftOpen } from './find-left-open.ts';
import { PresenceNumbers } from './presence-numbers.ts';

export interface PresenceWriterOptions {
  /** How long a change may wait. Default: 1,000. */
  readonly intervalMs?: number;
  readonly onFault?: OnFault;
}

type PresenceHub = HoldsSessions & KeepsRegistry & KeepsConnections & AppendsToLog & TellsTime & KnowsItsNames;

type Named = DeviceIdentity & Pick<RegistryEntry, 'generationId' | 'modelId'>;

const CHANGES_AT_ONCE_MAX = 256;
/** Rows of one write: more would keep sockets waiting for their turn. */
const SAVED_AT_ONCE_MAX = 1_000;
/** How stale the stored time of a connected device may be. Readers who ask now get the session's own. */
const ACTIVITY_MS = 60_000;
/** Activity without a session waits this long to be written: a device that posts every second is not a write every second. */
const HEARD_MS = 10_000;

const SERVER_STOPPED = {
  code: 'connection.serverStopped',
  message: 'the server stopped without closing its connections; it is known to have run until then',
} as const;

/**
 * Who came and went: into the log for readers, and into the store for whoever looks later.
 *
 *     presence change ─► waiting ─► record in the log ─► unsaved ─ each second ─► store
 *     request without a session ─► recent activity ─ after 10 s ───────────────► store
 *
 * Invariants
 *  1. Records of one device are written in the order of its changes, with a number that always rises.
 *  2. Nothing here delays a connection. What waits is bounded; past LIMITS.PRESENCE_WAITING_MAX the oldest change goes.
 *  3. A change that the log refuses is told to `onFault` and gone: presence is news, and the next change corrects it.
 *  4. Whoever the log says is connected when a server starts is said to have left before anybody may come: `open`.
 */
export class PresenceWriter {
  readonly #hub: PresenceHub;
  readonly #onFault: OnFault;
  readonly #saving: RepeatingTask;
  readonly #stopListening: () => void;
  readonly #waiting: PresenceChange[] = [];
  readonly #unsaved = new Map<string, DeviceIdentity & Presence>();
  readonly #savedActivity = new WeakMap<DeviceSession, number>();
  /** Who is connected, as the log was told. */
  readonly #toldConnected = new Map<string, Named>();
  readonly #numbers = new PresenceNumbers();
  #recording: Promise<void> | null = null;

  constructor(hub: PresenceHub, { intervalMs = 1_000, onFault = warnOfFault }: PresenceWriterOptions = {}) {
    this.#hub = hub;
    this.#onFault = onFault;
    this.#saving = new RepeatingTask(() => this.#saveAll(), intervalMs, onFault);
    this.#stopListening = hub.sessions.onPresence((change) => this.#heard(change));
  }

  /**
   * A writer for a server that starts: ends what a crash left open, in the log, then in the store, and listens. When it dies in
   * between, the next start does it again: rather told twice than never.
   *
   * @throws HubError log.unavailable (retry), store.unavailable (retry)
   */
  static async open(hub: PresenceHub, options: PresenceWriterOptions = {}): Promise<PresenceWriter> {
    assert(hub.sessions.size === 0, 'who is connected was not left open');
    const writer = new PresenceWriter(hub, options);
    try {
      await writer.#endLeftOpen();
      return writer;
    } catch (error) {
      await writer.close();
      throw error;
    }
  }

  /** Writes what waits. Sessions should have left before. */
  async close(): Promise<void> {
    this.#stopListening();
    await this.#saving.close();
    await this.#recording;
    try {
      await this.#saveAll(Number.POSITIVE_INFINITY);
    } catch (fault) {
      this.#onFault(fault);
    }
  }

  async #endLeftOpen(): Promise<void> {
    const { entries, endedTime, lastNumber } = await findLeftOpen(this.#hub);
    if (lastNumber !== null) this.#numbers.goOnAfter(lastNumber);
    for (let at = 0; at < entries.length; at += CHANGES_AT_ONCE_MAX) {
      const some = entries.slice(at, at + CHANGES_AT_ONCE_MAX);
      await Promise.all(some.map((entry) => this.#record(entry, false, endedTime, this.#hub.clock.now())));
    }
    await this.#hub.registry.disconnectAll(endedTime);
    await this.#hub.connections.endAll(endedTime, SERVER_STOPPED);
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
        const entry = await this.#hub.registry.find(change.identity);
        const device = this.#whomToName(change, entry);
        if (device === undefined) continue;
        appends.push(this.#record(device, change.connected, change.time).catch(this.#onFault));
        if (device.generationId === entry?.generationId) this.#remember(change);
      } catch (fault) {
        this.#onFault(fault);
      }
    }
    return appends;
  }

  /** Who leaves is named as it came: its entry may be gone, or a namesake's, by now. */
  #whomToName({ identity, connected }: PresenceChange, entry: RegistryEntry | undefined): Named | undefined {
    const key = identityKey(identity);
    if (!connected) {
      const named = this.#toldConnected.get(key);
      this.#toldConnected.delete(key);
      return named ?? entry;
    }
    if (entry === undefined) return undefined;
    const named = { ...identity, generationId: entry.generationId, modelId: entry.modelId };
    this.#toldConnected.set(key, named);
    return named;
  }

  /** `time` is when it happened, `noticedTime` when we learned of it: numbers follow that, times may not. */
  #record(device: Named, connected: boolean, time: number, noticedTime = time): Promise<void> {
    return appendHappening(this.#hub, device, {
      kind: 'connectionState',
      opType: connected ? 'deviceConnected' : 'deviceDisconnected',
      body: { sequenceNumber: this.#numbers.next(noticedTime) },
      time,
    });
  }

  #remember({ identity, connected, time, lastActivityTime }: PresenceChange): void {
    const presence = { connected, connectionStateUpdatedTime: time, lastActivityTime };
    this.#unsaved.set(identityKey(identity), { ...identity, ...presence });
  }

  /** Everything that waits now, in portions, so that others get their turn with the store. */
  async #saveAll(heardUntil = this.#hub.clock.now() - HEARD_MS): Promise<void> {
    this.#noteActivity();
    for (let left = this.#unsaved.size; left > 0; left -= SAVED_AT_ONCE_MAX) await this.#saveSome();
    await this.#saveHeard(heardUntil);
  }

  async #saveHeard(until: number): Promise<void> {
    const { activity } = this.#hub.sessions;
    for (;;) {
      const due = activity.due(until, SAVED_AT_ONCE_MAX);
      if (due.length === 0) return;
      await this.#hub.registry.saveActivity(due);
      activity.written(due);
    }
  }

  async #saveSome(): Promise<void> {
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
