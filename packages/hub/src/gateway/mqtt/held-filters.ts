import { type DeviceIdentity, findSubscription, HubError, identityKey, LIMITS } from '@viaduct/contracts';
import type { Hub } from '../../core/hub.ts';
import { NOT_OFFERED } from '../../core/renewal/certificate-renewals.ts';
import type { ConnectRequest } from './connect-request.ts';

type Kind = NonNullable<ReturnType<typeof findSubscription>>;

/** What a device listens for: the filters its connection holds, each with the QoS it was granted. Kept beyond the connection with cleanSession=0. */
export class HeldFilters {
  readonly #hub: Hub;
  readonly #identity: DeviceIdentity;
  readonly #isKept: boolean;
  readonly #held: Map<string, 0 | 1>;
  /** Whether there was a session to go on with: CONNACK says so. */
  readonly isRestored: boolean;

  private constructor(hub: Hub, request: ConnectRequest, stored: ReadonlyMap<string, 0 | 1> | undefined) {
    this.#hub = hub;
    this.#identity = request.identity;
    this.#isKept = !request.cleanSession;
    this.#held = new Map(stored);
    this.isRestored = stored !== undefined;
  }

  /** Those of the stored session, or a clean slate. */
  static async open(hub: Hub, request: ConnectRequest): Promise<HeldFilters> {
    const stored = await hub.subscriptions.find(request.identity);
    if (!request.cleanSession) return new HeldFilters(hub, request, stored);
    if (stored !== undefined) await hub.subscriptions.remove(request.identity);
    return new HeldFilters(hub, request, undefined);
  }

  /** Holds at once; whether it outlives the connection, `save` decides. @throws HubError topic.forbidden */
  grant(filter: string, qos: 0 | 1): 0 | 1 {
    const refusal = this.#refusalOf(filter);
    if (refusal !== undefined) throw new HubError('topic.forbidden', refusal);
    this.#held.set(filter, qos);
    return qos;
  }

  drop(filter: string): void {
    this.#held.delete(filter);
  }

  /** Resolves when the session is durable, where it is kept. */
  async save(): Promise<void> {
    if (this.#isKept) await this.#hub.subscriptions.save(this.#identity, this.#held);
  }

  qosOf(kind: Kind): 0 | 1 | undefined {
    return this.find(kind)?.[1];
  }

  find(kind: Kind): readonly [filter: string, qos: 0 | 1] | undefined {
    for (const held of this.#held) if (findSubscription(this.#identity, held[0]) === kind) return held;
    return undefined;
  }

  /** A filter may name one method instead of all. */
  hearsMethod(methodName: string): boolean {
    const own = `$iothub/methods/POST/${encodeURIComponent(methodName)}/#`;
    return this.#held.has('$iothub/methods/POST/#') || this.#held.has(own);
  }

  #refusalOf(filter: string): string | undefined {
    const name = identityKey(this.#identity);
    if (!this.#held.has(filter) && this.#held.size >= LIMITS.MQTT_SUBSCRIPTIONS_MAX)
      return `"${name}" holds ${LIMITS.MQTT_SUBSCRIPTIONS_MAX} filters already`;
    const kind = findSubscription(this.#identity, filter);
    if (kind === 'certificates' && !this.#hub.certificateRenewals.isOffered) return NOT_OFFERED;
    return kind === undefined ? `"${name}" may not subscribe to "${filter.slice(0, 120)}"` : undefined;
  }
}
