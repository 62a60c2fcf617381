import { type DeviceIdentity, HubError, identityKey } from '@viaduct/contracts';
import { authenticateDevice } from '../../../core/access/authenticate-device.ts';
import type { ClientCertificate } from '../../../core/access/decide-device-access.ts';
import { holdOperation } from '../../../core/throttle/hold-operation.ts';
import type { AccessClaims } from '../access-claims.ts';
import type { DevicePurpose } from '../address.ts';
import { amqpErrorOf } from '../amqp-error.ts';
import type { AttachRequest } from '../engine/engine.ts';
import { AmqpDeviceSession, type SessionHost } from './amqp-device-session.ts';

/** What the identities of one connection share. */
export interface IdentitiesHost extends Omit<SessionHost, 'sessionEnded' | 'refused'> {
  readonly claims: AccessClaims;
  readonly certificate: ClientCertificate | undefined;
  /** A session was ended with this reason, and no other is left. */
  lastEnded(identity: DeviceIdentity, reason: HubError): void;
  refused(identity: DeviceIdentity, thrown: unknown): void;
  /** Somebody was let in; when a credential runs out may have changed. */
  admitted(): void;
}

interface Present {
  readonly session: AmqpDeviceSession;
  /** When its certificate runs out, ms since 1970; undefined when tokens let it in, which may be renewed. */
  readonly certificateExpiresAt: number | undefined;
}

/** A device's link that waits for the decision about it. */
interface Arrival {
  readonly request: AttachRequest;
  readonly identity: DeviceIdentity;
  readonly purpose: DevicePurpose;
}

/**
 * The devices and modules that speak on one connection: mostly one, a thousand where a gateway multiplexes.
 *
 *     attach ─► session there? ─ yes, and a credential covers it ─► link
 *                    └─ no ─► deferred ─► authenticated ─► session ─► link
 *
 * Invariants
 *  1. At most one session per identity, and its links are decided in the order in which they came.
 *  2. Nobody is let in, or stays, without a credential that is valid now: a token that covers him, else the certificate.
 *  3. What is wrong with one identity is told on its own links.
 */
export class ConnectedIdentities {
  readonly #host: IdentitiesHost;
  readonly #present = new Map<string, Present>();
  readonly #arriving = new Map<string, Promise<void>>();
  readonly #sessionHost: SessionHost;
  #ended = false;

  constructor(host: IdentitiesHost) {
    this.#host = host;
    this.#sessionHost = {
      hub: host.hub,
      transport: host.transport,
      remoteAddress: host.remoteAddress,
      get connectionEndedBy() {
        return host.connectionEndedBy;
      },
      sessionEnded: (session, reason) => this.#sessionEnded(session, reason),
      refused: (session, reason) => host.refused(session.identity, reason),
      accepted: (messages) => host.accepted(messages),
      fault: (thrown) => host.fault(thrown),
    };
  }

  get isEmpty(): boolean {
    return this.#present.size === 0;
  }

  /** Accepts, refuses or defers the link. @throws HubError credential.*, connection.tokenExpired, protocol.violation, link.addressUnknown */
  attach(arrival: Arrival): void {
    const { request, identity, purpose } = arrival;
    const key = identityKey(identity);
    const present = this.#present.get(key);
    const before = this.#arriving.get(key);
    if (before === undefined && present !== undefined && modelIn(request) === undefined) {
      this.#requireCredential(identity, present);
      present.session.attach(request, purpose);
      return;
    }
    // What needs no looking up is refused at once.
    if (present === undefined) this.#credentialFor(identity);
    request.defer();
    const decided = (before ?? Promise.resolve())
      .then(() => this.#arrive(key, arrival))
      .catch((thrown: unknown) => this.#refuse(arrival, thrown))
      .finally(() => this.#arriving.get(key) === decided && this.#arriving.delete(key));
    this.#arriving.set(key, decided);
  }

  /** Ends the sessions whose credential has run out. */
  expire(): void {
    for (const { session, ...present } of [...this.#present.values()]) {
      try {
        this.#requireCredential(session.identity, present);
      } catch (thrown) {
        this.#host.refused(session.identity, thrown);
        session.close(thrown as HubError);
      }
    }
  }

  /** When the next certificate runs out; Infinity for never. */
  nextExpiry(now: number): number {
    let next = Number.POSITIVE_INFINITY;
    for (const { certificateExpiresAt = next } of this.#present.values()) {
      if (certificateExpiresAt > now) next = Math.min(next, certificateExpiresAt);
    }
    return next;
  }

  /** The connection ends from our side. */
  close(reason: HubError): void {
    this.#ended = true;
    for (const { session } of [...this.#present.values()]) session.close(reason);
  }

  /** The connection is over; its links have ended before. */
  ended(): void {
    this.#ended = true;
  }

  async #arrive(key: string, { request, identity, purpose }: Arrival): Promise<void> {
    const session = this.#present.get(key)?.session ?? (await this.#admit(key, identity));
    const modelId = modelIn(request);
    if (modelId !== undefined) await session.announceModel(modelId);
    // The peer may have left, or lost its right, while we looked things up.
    if (request.isWanted && !this.#ended) {
      session.requireAlive();
      session.attach(request, purpose);
    }
    if (!session.hasLinks) this.#forget(key, session);
  }

  async #admit(key: string, identity: DeviceIdentity): Promise<AmqpDeviceSession> {
    const { hub } = this.#host;
    const credential = this.#credentialFor(identity);
    const { entry, authority, authMethod, expiresAt } = await authenticateDevice(hub, { identity, ...credential });
    hub.faultInjection?.requireConnect(identity);
    await holdOperation(hub, identity, 'connect');
    const { generationId, modelId } = entry;
    const speaker = { ...identity, generationId, authMethod, modelId };
    const session = new AmqpDeviceSession(this.#sessionHost, speaker, { entry, authority });
    const certificateExpiresAt = credential.token === undefined ? (expiresAt ?? undefined) : undefined;
    this.#present.set(key, { session, certificateExpiresAt });
    this.#host.admitted();
    return session;
  }

  #credentialFor(identity: DeviceIdentity): {
    readonly token: string | undefined;
    readonly certificate: ClientCertificate | undefined;
  } {
    const { claims, certificate, hub } = this.#host;
    try {
      return { token: claims.requireDevice(identity, hub.clock.now()).token, certificate: undefined };
    } catch (thrown) {
      if (certificate === undefined) throw thrown;
      return { token: undefined, certificate };
    }
  }

  #requireCredential(identity: DeviceIdentity, { certificateExpiresAt }: Pick<Present, 'certificateExpiresAt'>): void {
    const now = this.#host.hub.clock.now();
    if (certificateExpiresAt === undefined) this.#host.claims.requireDevice(identity, now);
    else if (certificateExpiresAt <= now) {
      throw new HubError('connection.tokenExpired', 'the certificate ran out while connected');
    }
  }

  #refuse({ request, identity }: Arrival, thrown: unknown): void {
    this.#host.refused(identity, thrown);
    request.refuse(amqpErrorOf(thrown));
    const key = identityKey(identity);
    const session = this.#present.get(key)?.session;
    if (session !== undefined && !session.hasLinks) this.#forget(key, session);
  }

  #sessionEnded(session: AmqpDeviceSession, reason: HubError | null): void {
    this.#forget(identityKey(session.identity), session);
    if (reason !== null && this.#present.size === 0 && !this.#ended) this.#host.lastEnded(session.identity, reason);
  }

  #forget(key: string, session: AmqpDeviceSession): void {
    if (this.#present.get(key)?.session === session) this.#present.delete(key);
  }
}

function modelIn({ properties }: AttachRequest): string | undefined {
  const modelId = properties.get('com.microsoft:model-id');
  return typeof modelId === 'string' && modelId !== '' ? modelId : undefined;
}
