import type { Duplex } from 'node:stream';
import { HubError } from '@viaduct/contracts';
import type { Hub } from '../../core/hub.ts';
import { clientCertificateOf } from '../client-certificate.ts';
import { untilOrLate } from '../until-or-late.ts';
import { AmqpPeer, type AmqpPeerContext, type PeerSocket } from './amqp-peer.ts';
import type { ServeConnection } from './engine/engine.ts';
import { serveWithRhea } from './engine/rhea-connection.ts';

export interface AmqpGatewayOptions {
  /** The entity path of the Event Hubs-compatible endpoint. */
  readonly eventHubName: string;
  /** The port clients reach AMQP on, for redirects. Default 5671. */
  readonly amqpPort?: number;
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
  readonly #peers = new Set<AmqpPeer>();
  #closed: Promise<void> | undefined;
  #allGone: (() => void) | undefined;
  #acceptedMessages = 0;

  constructor(hub: Hub, options: AmqpGatewayOptions) {
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
    const peer = new AmqpPeer(this.#context, { transport, remoteAddress, certificate }, () => this.#gone(peer));
    this.#peers.add(peer);
    const containerId = this.#context.hub.hostNames[0] ?? 'viaduct';
    peer.begin(this.#serve(socket, { containerId, hasClientCertificate: certificate !== undefined }, peer));
  }

  /** Links are counted when somebody asks. */
  get stats(): { readonly connections: number; readonly links: number; readonly acceptedMessages: number } {
    let links = 0;
    for (const peer of this.#peers) links += peer.linkCount;
    return { connections: this.#peers.size, links, acceptedMessages: this.#acceptedMessages };
  }

  close(): Promise<void> {
    this.#closed ??= this.#settleAndClose();
    return this.#closed;
  }

  async #settleAndClose(): Promise<void> {
    const peers = [...this.#peers];
    for (const peer of peers) peer.stopReading();
    await untilOrLate(() => peers.every((peer) => peer.unsettled === 0));
    await new Promise<void>((resolve) => {
      this.#allGone = resolve;
      if (this.#peers.size === 0) resolve();
      const reason = new HubError('server.draining', 'the server is stopping');
      for (const peer of this.#peers) peer.close(reason);
    });
  }

  #gone(peer: AmqpPeer): void {
    this.#peers.delete(peer);
    if (this.#peers.size === 0) this.#allGone?.();
  }
}
