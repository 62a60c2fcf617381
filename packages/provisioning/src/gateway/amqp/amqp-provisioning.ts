import { LIMITS } from '@viaduct/contracts';
import type { AmqpGuest, GuestPeer, GuestSocket, ServerConnection } from '@viaduct/hub';
import type { Provisioning } from '../../core/provisioning.ts';
import { parseRegistrationAddress } from './registration-address.ts';
import { RegistrationPeer, type RegistrationPeerContext } from './registration-peer.ts';

export interface AmqpProvisioningOptions {
  /** Told of every fault of ours, once. */
  readonly onFault?: (fault: unknown) => void;
}

/**
 * The provisioning service over AMQP: a guest of the hub's gateway, for peers that name `{idScope}/registrations/{registrationId}` or take
 * the SASL mechanism `TPM`. The gateway listens, drains and closes.
 */
export class AmqpProvisioning implements AmqpGuest {
  readonly exchanges = ['TPM'];
  readonly #context: RegistrationPeerContext;
  readonly #peers = new Set<RegistrationPeer>();

  constructor(provisioning: Provisioning, { onFault = () => undefined }: AmqpProvisioningOptions = {}) {
    this.#context = { provisioning, onFault };
  }

  isMeant(name: string): boolean {
    return parseRegistrationAddress(name) !== undefined;
  }

  serve(connection: ServerConnection, socket: GuestSocket): GuestPeer {
    const peer: RegistrationPeer = new RegistrationPeer(this.#context, connection, socket, {
      isFull: this.#peers.size >= LIMITS.PROVISIONING_CONNECTIONS_MAX,
      onEnded: () => this.#peers.delete(peer),
    });
    this.#peers.add(peer);
    return peer;
  }
}
