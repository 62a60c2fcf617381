import type { Duplex } from 'node:stream';
import { HubError } from '@viaduct/contracts';
import type { Hub } from '../../core/hub.ts';
import { clientCertificateOf } from '../client-certificate.ts';
import { untilOrLate } from '../until-or-late.ts';
import { AmqpDoor } from './amqp-door.ts';
import type { AmqpGuest } from './amqp-guest.ts';
import { AmqpPeer, type AmqpPeerContext, type PeerSocket } from './amqp-peer.ts';
import type { ServeConnection } from './engine/engine.ts';
import { serveWithRhea } from './engine/rhea-connection.ts';

export interface AmqpGatewayOptions {
  /** The entity path of the Event Hubs-compatible endpoint. */
  readonly eventHubName: string;
  /** The port clients reach AMQP on, for redirects. Default 5671. */
  readonly amqpPort?: number;
  /** Who else is served on the same listeners. */
  readonly guests?: readonly AmqpGuest[];
  /** Told of every fault of ours, once. */
  readonly onFault?: (fault: unknown) => void;
}

const DEFAULT_PORT = 5671;

/**
 * AMQP 1.0 for devices, service clients and Event Hubs readers. The server listens, does TLS and WebSocket, and hands over sockets.
 *
 * `close` lets what was received be settled, within a bound, so that nobody repeats what is on disk; then it tells every
 * peer that the server stops, and resolves when all sockets are gone. Peers that do not answer are cut off after
 * LIMITS.AMQP_CLOSE_SECONDS_MAX.
 */
export class AmqpGateway {
  readonly #serve: ServeConnection = serveWithRhea;
  readonly #context: AmqpPeerContext;
  readonly #guests: readonly AmqpGuest[];
  readonly #exchanges: readonly string[];
  readonly #doors = new Set<AmqpDoor>();
  #closed: Promise<void> | undefined;
  #allGone: (() => void) | undefined;
  #acceptedMessages = 0;

  constructor(hub: Hub, options: AmqpGatewayOptions) {
    this.#guests = options.guests ?? [];
    this.#exchanges = this.#guests.flatMap(({ exchanges }) => exchanges);
    this.#context = {
      hub,
      eventHubName: options.eventHubName,
      eventHub: { name: options.eventHubName, createdTime: hub.consumerGroups.eventHubCreatedTime },
      redirectPort: options.amqpPort ?? DEFAULT_PORT,
      onFault: options.onFault ?? (() => undefined),
      onAccepted: (messages) => {
        this.#acceptedMessages += messages;
      },
    };
  }

  /**
   * Serves a peer on a socket whose TLS handshake is done, or on the stream of a WebSocket; `tlsSocket` is then the socket
   * beneath it.
   */
  accept(socket: Duplex, transport: PeerSocket['transport'], remoteAddress: string, tlsSocket: Duplex = socket): void {
    if (this.#closed !== undefined) {
      socket.destroy();
      return;
    }
    const certificate = clientCertificateOf(tlsSocket);
    const peerSocket = { transport, remoteAddress, certificate };
    const peer = new AmqpPeer(this.#context, peerSocket);
    const door = new AmqpDoor(this.#guests, { ...peerSocket, tlsSocket }, peer, () => this.#gone(door));
    this.#doors.add(door);
    const containerId = this.#context.hub.hostNames[0] ?? 'viaduct';
    const hasClientCertificate = certificate !== undefined;
    door.begin(this.#serve(socket, { containerId, hasClientCertificate, exchanges: this.#exchanges }, door));
  }

  /** Links are counted when somebody asks. */
  get stats(): { readonly connections: number; readonly links: number; readonly acceptedMessages: number } {
    let links = 0;
    for (const door of this.#doors) links += door.linkCount;
    return { connections: this.#doors.size, links, acceptedMessages: this.#acceptedMessages };
  }

  close(): Promise<void> {
    this.#closed ??= this.#settleAndClose();
    return this.#closed;
  }

  async #settleAndClose(): Promise<void> {
    const doors = [...this.#doors];
    for (const door of doors) door.stopReading();
    await untilOrLate(() => doors.every((door) => door.unsettled === 0));
    await new Promise<void>((resolve) => {
      this.#allGone = resolve;
      if (this.#doors.size === 0) resolve();
      const reason = new HubError('server.draining', 'the server is stopping');
      for (const door of this.#doors) door.close(reason);
    });
  }

  #gone(door: AmqpDoor): void {
    this.#doors.delete(door);
    if (this.#doors.size === 0) this.#allGone?.();
  }
}
