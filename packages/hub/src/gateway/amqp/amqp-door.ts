import assert from 'node:assert/strict';
import type { HubError } from '@viaduct/contracts';
import type { AmqpGuest, GuestPeer, GuestSocket } from './amqp-guest.ts';
import type { AmqpPeer } from './amqp-peer.ts';
import type { AttachRequest, ConnectionHandler, SaslExchange, ServerConnection } from './engine/engine.ts';

/**
 * Whom a connection is for: the hub, or the guest that its peer names.
 *
 *     PLAIN user │ mechanism │ address of the first link ─┬─ a guest's ─► GuestPeer
 *                                                         └─ else ──────► AmqpPeer
 *
 * Decided once. Afterwards everything goes to the one that was decided for, which refuses what it does not know.
 */
export class AmqpDoor implements ConnectionHandler {
  readonly #guests: readonly AmqpGuest[];
  readonly #socket: GuestSocket;
  readonly #onEnded: () => void;
  #served: AmqpPeer | GuestPeer;
  #isDecided = false;
  #connection: ServerConnection | undefined;

  /** `peer`: the hub's, for whoever names nobody else. */
  constructor(guests: readonly AmqpGuest[], socket: GuestSocket, peer: AmqpPeer, onEnded: () => void) {
    this.#guests = guests;
    this.#socket = socket;
    this.#served = peer;
    this.#onEnded = onEnded;
  }

  /** Before anything arrives. */
  begin(connection: ServerConnection): void {
    this.#connection = connection;
    if ('begin' in this.#served) this.#served.begin(connection);
  }

  get linkCount(): number {
    return this.#connection?.linkCount ?? 0;
  }

  get unsettled(): number {
    return this.#connection?.unsettled ?? 0;
  }

  stopReading(): void {
    this.#connection?.stopReading();
  }

  close(reason: HubError): void {
    this.#served.close(reason);
  }

  authenticatePlain(userName: string, password: string): Promise<boolean> {
    this.#decide((guest) => guest.isMeant(userName));
    return this.#served.authenticatePlain(userName, password);
  }

  beginExchange(mechanism: string): SaslExchange {
    this.#decide(({ exchanges }) => exchanges.includes(mechanism));
    const exchange = 'beginExchange' in this.#served ? this.#served.beginExchange?.(mechanism) : undefined;
    assert(exchange !== undefined, 'a mechanism was offered that nobody goes through');
    return exchange;
  }

  attached(request: AttachRequest): void {
    this.#decide((guest) => guest.isMeant(request.address ?? ''));
    this.#served.attached(request);
  }

  ended(fault: unknown): void {
    this.#served.ended(fault);
    this.#onEnded();
  }

  #decide(isMeant: (guest: AmqpGuest) => boolean): void {
    if (this.#isDecided) return;
    this.#isDecided = true;
    const guest = this.#guests.find(isMeant);
    if (guest !== undefined) this.#served = guest.serve(this.#connection as ServerConnection, this.#socket);
  }
}
