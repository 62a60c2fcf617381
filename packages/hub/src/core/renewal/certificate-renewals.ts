import assert from 'node:assert/strict';
import { asHubError, HubError, LIMITS } from '@viaduct/contracts';
import { newGuid } from '../command/new-guid.ts';
import type { MakesRandomness, TellsTime } from '../ports.ts';

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
 *  1. A device has at most one request that is being signed; what replaces it, and what comes after its answer, takes its place.
 *  2. At most RENEWALS_ACTIVE_MAX are being signed, and RENEWALS_WAITING_MAX wait for their devices; of those the oldest go.
 *
 * In memory: a device that hears nothing, because the server was restarted or its answer went, asks again.
 */
export class CertificateRenewals {
  readonly #p: TellsTime & MakesRandomness;
  /** By device, in the order of their begin. */
  readonly #renewals = new Map<string, Renewal>();
  readonly #listeners = new Map<string, (renewal: Renewal) => void>();
  #renew: RenewCertificate | undefined;
  #active = 0;

  constructor(p: TellsTime & MakesRandomness) {
    this.#p = p;
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
    const before = this.find(device);
    requireReplaceable(before, replace);
    if (this.#active >= LIMITS.RENEWALS_ACTIVE_MAX) {
      throw new HubError('renewal.limitReached', `${LIMITS.RENEWALS_ACTIVE_MAX} certificates are being signed already`);
    }
    const renewal: Renewal = {
      ...{ device: { ...device }, requestId },
      correlationId: newGuid(this.#p),
      expiryTime: this.#p.clock.now() + LIMITS.RENEWAL_HOURS_MAX * HOUR_MS,
      outcome: null,
    };
    const key = keyOf(device);
    // Behind all others again: the order is that of their begin.
    this.#renewals.delete(key);
    this.#renewals.set(key, renewal);
    this.#forgetOldest();
    void this.#sign(renewal, this.#renew(device.deviceId, csr));
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

  async #sign(renewal: Renewal, signing: Promise<readonly string[]>): Promise<void> {
    this.#active++;
    const outcome = await outcomeOf(signing);
    this.#active--;
    const key = keyOf(renewal.device);
    // Replaced meanwhile: nobody waits for it.
    if (this.#renewals.get(key) !== renewal) return;
    const answered = { ...renewal, outcome };
    this.#renewals.set(key, answered);
    this.#listeners.get(key)?.(answered);
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

async function outcomeOf(signing: Promise<readonly string[]>): Promise<RenewalOutcome> {
  try {
    return { kind: 'issued', certificates: await signing };
  } catch (error) {
    return { kind: 'refused', refusal: asHubError(error) };
  }
}

function keyOf({ deviceId, generationId }: RenewingDevice): string {
  return `${generationId} ${deviceId}`;
}
