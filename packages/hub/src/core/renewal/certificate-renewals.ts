import assert from 'node:assert/strict';
import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import { newGuid } from '../command/new-guid.ts';
import type { MakesRandomness, TellsTime } from '../ports.ts';
import { type OnFault, warnOfFault } from '../repeating-task.ts';

/**
 * Signs what a device that is connected by a certificate asks for. Resolves with base64 of DER: the device's certificate, then who
 * signed it.
 *
 * @throws HubError csr.invalid, renewal.notAllowed, and what stood in the way
 */
export type RenewCertificate = (deviceId: string, csr: string) => Promise<readonly string[]>;

/** One device's request, from its acceptance until its device has the answer. */
export interface Renewal {
  /** The device as it is now: a namesake that is made after it was deleted gets no answer of its. */
  readonly device: RenewingDevice;
  /** As the device wrote it. */
  readonly requestId: string;
  readonly csr: string;
  readonly correlationId: string;
  /** ms since 1970. */
  readonly expiryTime: number;
  /** Null while it is being signed. */
  readonly outcome: RenewalOutcome | null;
}

type RenewalOutcome =
  | { readonly kind: 'issued'; readonly certificates: readonly string[] }
  | { readonly kind: 'refused'; readonly refusal: HubError };

export interface RenewingDevice {
  readonly deviceId: string;
  readonly generationId: string;
}

export interface RenewalRequest {
  readonly requestId: string;
  readonly csr: string;
  /** Request id of the one that is replaced, or `*` for whichever there is. */
  readonly replace?: string;
}

const HOUR_MS = 3_600_000;

/**
 * Devices that renew their certificate over the connection they have.
 *
 *     begin ──► being signed ──► answered, until the device has it or it is too old
 *
 * Invariants
 *  1. At most one request of a device is being signed. What replaces it waits until that has ended, for nothing: a device that replaces
 *     its request again and again makes no more work than one that waits.
 *  2. At most RENEWALS_ACTIVE_MAX are being signed, and RENEWALS_WAITING_MAX wait for their devices; of those the oldest go.
 *
 * In memory: a device that hears nothing, because the server was restarted or its answer went, asks again.
 */
export class CertificateRenewals {
  readonly #p: TellsTime & MakesRandomness;
  readonly #onFault: OnFault;
  /** By device, in the order of their begin. */
  readonly #renewals = new Map<string, Renewal>();
  readonly #listeners = new Map<string, (renewal: Renewal) => void>();
  /** Devices for which something is being signed. */
  readonly #signing = new Set<string>();
  #renew: RenewCertificate | undefined;

  constructor(p: TellsTime & MakesRandomness, onFault: OnFault = warnOfFault) {
    this.#p = p;
    this.#onFault = onFault;
  }

  /** From now on certificates are renewed, by `renew`. */
  offer(renew: RenewCertificate): void {
    this.#renew = renew;
  }

  /** False where nobody issues certificates. */
  get isOffered(): boolean {
    return this.#renew !== undefined;
  }

  /**
   * Accepts a request. Who listens hears of its outcome later, never before this returns.
   *
   * @throws HubError renewal.underWay, renewal.notFound, renewal.limitReached (retry)
   */
  begin(device: RenewingDevice, { requestId, csr, replace }: RenewalRequest): Renewal {
    assert(this.#renew !== undefined, 'whoever asks has looked whether it is offered');
    const key = keyOf(device);
    requireReplaceable(this.find(device), replace);
    if (this.#signing.size >= LIMITS.RENEWALS_ACTIVE_MAX && !this.#signing.has(key)) {
      throw new HubError('renewal.limitReached', `${LIMITS.RENEWALS_ACTIVE_MAX} certificates are being signed already`);
    }
    const renewal: Renewal = {
      ...{ device: { ...device }, requestId, csr },
      correlationId: newGuid(this.#p),
      expiryTime: this.#p.clock.now() + LIMITS.RENEWAL_HOURS_MAX * HOUR_MS,
      outcome: null,
    };
    // Behind all others again: the order is that of their begin.
    this.#renewals.delete(key);
    this.#renewals.set(key, renewal);
    this.#forgetOldest();
    if (!this.#signing.has(key)) void this.#sign(renewal, this.#renew);
    return renewal;
  }

  /** The request of a device that it has no answer to. */
  find(device: RenewingDevice): Renewal | undefined {
    const renewal = this.#renewals.get(keyOf(device));
    return renewal !== undefined && renewal.expiryTime > this.#p.clock.now() ? renewal : undefined;
  }

  /** Calls back with each outcome, and at once with one that waits, until it is told to stop. The latest listener of a device counts. */
  listen(device: RenewingDevice, listener: (renewal: Renewal) => void): () => void {
    const key = keyOf(device);
    this.#listeners.set(key, listener);
    const waiting = this.find(device);
    if (waiting !== undefined && waiting.outcome !== null) listener(waiting);
    return () => {
      if (this.#listeners.get(key) === listener) this.#listeners.delete(key);
    };
  }

  /** The device has its answer. */
  delivered(renewal: Renewal): void {
    const key = keyOf(renewal.device);
    if (this.#renewals.get(key)?.correlationId === renewal.correlationId) this.#renewals.delete(key);
  }

  async #sign(renewal: Renewal, renew: RenewCertificate): Promise<void> {
    const key = keyOf(renewal.device);
    this.#signing.add(key);
    const outcome = await this.#outcomeOf(renew(renewal.device.deviceId, renewal.csr));
    this.#signing.delete(key);
    const latest = this.#renewals.get(key);
    if (latest === renewal) {
      const answered = { ...renewal, outcome };
      this.#renewals.set(key, answered);
      this.#listeners.get(key)?.(answered);
    } else if (latest !== undefined) void this.#sign(latest, renew);
  }

  async #outcomeOf(signing: Promise<readonly string[]>): Promise<RenewalOutcome> {
    try {
      return { kind: 'issued', certificates: await signing };
    } catch (error) {
      const refusal = asHubError(error);
      if (refusal.code === 'server.fault') this.#onFault(error);
      return { kind: 'refused', refusal };
    }
  }

  #forgetOldest(): void {
    const now = this.#p.clock.now();
    for (const [key, { outcome, expiryTime }] of this.#renewals) {
      const isOver = expiryTime <= now || (outcome !== null && this.#renewals.size > LIMITS.RENEWALS_WAITING_MAX);
      if (!isOver) return;
      this.#renewals.delete(key);
    }
  }
}

/** What a device hears that asks where nobody issues certificates. */
export const NOT_OFFERED = 'certificates are not issued over MQTT by this hub';

function requireReplaceable(before: Renewal | undefined, replace: string | undefined): void {
  if (replace !== undefined && replace !== '*' && before?.requestId !== replace) {
    throw new HubError('renewal.notFound', `there is no request "${replace}" under way that could be replaced`);
  }
  if (replace === undefined && before?.outcome === null) {
    throw new HubError('renewal.underWay', `the request "${before.requestId}" is not answered yet`);
  }
}

function keyOf({ deviceId, generationId }: RenewingDevice): string {
  return `${generationId} ${deviceId}`;
}
