import { setMaxListeners } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import { LinkedSignal, type OnFault } from '@viaduct/hub';
import type { RegistrationRecord, RunsAssignments } from '../ports.ts';
import type { BooksAttempts } from '../provisioning.ts';
import { type Assigns, assignDevice } from './assign-device.ts';
import { bookOutcome } from './book-outcome.ts';
import { newEtag } from './register-device.ts';

export interface AssignmentWorkerOptions {
  readonly onFault: OnFault;
  /** Time between tries, ms, each as often as it is named. */
  readonly retryMs?: readonly number[];
  readonly timeoutMs?: number;
}

export interface AssignmentStats {
  readonly waiting: number;
  readonly active: number;
}

const RETRY_MS = [250, 1_000, 4_000];

/**
 * Assigns the devices that registered, so many at a time, in order of arrival.
 *
 *     begin ─► waiting ─ LIMITS.ASSIGNMENTS_ACTIVE_MAX at a time ─► active ─► assigned, failed or disabled, durably
 *
 * Invariants
 *  1. One registration id is worked on once at a time: whoever asks meanwhile waits behind.
 *  2. What this process does not finish stays `assigning` in the store, and `resume` goes on with it.
 *  3. An outcome is saved only over what it was made from; a device that began anew meanwhile is assigned once more.
 */
export class AssignmentWorker {
  readonly #p: Assigns & BooksAttempts;
  readonly #onFault: OnFault;
  readonly #retryMs: readonly number[];
  readonly #timeoutMs: number;
  readonly #closing = new AbortController();
  /** By registration id, lower case. */
  readonly #waiting = new Set<string>();
  readonly #active = new Map<string, Promise<void>>();

  constructor(p: Assigns & BooksAttempts, options: AssignmentWorkerOptions) {
    // One listener for each that is under way: that is no leak.
    setMaxListeners(0, this.#closing.signal);
    this.#p = p;
    this.#onFault = options.onFault;
    this.#retryMs = options.retryMs ?? RETRY_MS;
    this.#timeoutMs = options.timeoutMs ?? LIMITS.ASSIGNMENT_SECONDS_MAX * 1_000;
  }

  get stats(): AssignmentStats {
    return { waiting: this.#waiting.size, active: this.#active.size };
  }

  /** What the last process left under way. */
  async resume(): Promise<void> {
    for (const { registrationId } of await this.#p.registrations.listPending()) this.begin(registrationId);
  }

  requireRoom: RunsAssignments['assignments']['requireRoom'] = () => {
    if (this.#waiting.size < LIMITS.ASSIGNMENTS_WAITING_MAX) return;
    throw new HubError('registration.limitReached', `${this.#waiting.size} registrations wait already`);
  };

  begin(registrationId: string): void {
    this.#waiting.add(registrationId.toLowerCase());
    this.#startSome();
  }

  /** Resolves when nothing is under way any more; what waits goes on after the next start. */
  async close(): Promise<void> {
    this.#closing.abort();
    await Promise.all(this.#active.values());
  }

  #startSome(): void {
    for (const id of this.#waiting) {
      if (this.#closing.signal.aborted || this.#active.size >= LIMITS.ASSIGNMENTS_ACTIVE_MAX) return;
      if (this.#active.has(id)) continue;
      this.#waiting.delete(id);
      this.#active.set(id, this.#work(id));
    }
  }

  async #work(id: string): Promise<void> {
    const linked = new LinkedSignal(this.#closing.signal, this.#timeoutMs);
    try {
      await this.#assign(id, linked.signal);
    } catch (fault) {
      // The store fails: the registration stays as it is, and the next start or the device itself goes on.
      this.#onFault(fault);
    }
    linked.close();
    this.#active.delete(id);
    this.#startSome();
  }

  async #assign(id: string, signal: AbortSignal): Promise<void> {
    for (let attempt = 0; ; attempt++) {
      const record = await this.#p.registrations.find(id);
      if (record?.status !== 'assigning' || record.pending === null) return;
      try {
        const assigned = await assignDevice(this.#p, record, record.pending, signal);
        if (assigned !== undefined && (await this.#finish(record, assigned))) return;
      } catch (thrown) {
        if (this.#closing.signal.aborted) return;
        const refusal = this.#refusalOf(thrown, signal);
        const pauseMs = isWorthATry(refusal) ? this.#retryMs[attempt] : undefined;
        if (pauseMs === undefined || signal.aborted) return await this.#fail(record, refusal);
        await this.#pause(pauseMs, signal);
      }
    }
  }

  #refusalOf(thrown: unknown, signal: AbortSignal): HubError {
    if (signal.aborted && !(thrown instanceof HubError)) {
      return new HubError('linkedHub.unreachable', `the assignment took longer than ${this.#timeoutMs / 1_000} s`);
    }
    const refusal = asHubError(thrown);
    if (refusal.code === 'server.fault') this.#onFault(thrown);
    return refusal;
  }

  async #pause(ms: number, signal: AbortSignal): Promise<void> {
    try {
      await wait(ms, undefined, { signal, ref: false });
    } catch {
      // The next try finds the signal, and says why.
    }
  }

  async #fail(before: RegistrationRecord, { code, message }: HubError): Promise<void> {
    // Anew, for the places that were noted meanwhile must not be lost.
    const record = await this.#p.registrations.find(before.registrationId);
    if (record?.operationId !== before.operationId || record.pending === null) return this.begin(before.registrationId);
    const failed: RegistrationRecord = {
      ...record,
      status: code === 'enrollment.disabled' ? 'disabled' : 'failed',
      pending: null,
      refusal: { code, message },
      updatedTime: this.#p.clock.now(),
      etag: newEtag(this.#p),
    };
    if (!(await this.#finish(record, failed))) this.begin(before.registrationId);
  }

  /** False when somebody changed the registration meanwhile. */
  async #finish(before: RegistrationRecord, after: RegistrationRecord): Promise<boolean> {
    const latest = await this.#p.registrations.find(before.registrationId);
    if (latest?.operationId !== before.operationId || before.pending === null) return false;
    if (!(await this.#p.registrations.save(after, latest.etag))) return false;
    bookOutcome(this.#p, after, before.pending);
    return true;
  }
}

/** The webhook was asked twice already. */
function isWorthATry({ code, row }: HubError): boolean {
  return row.retry && !code.startsWith('allocation.');
}
