import type { Duplex } from 'node:stream';
import type { HubError } from '@viaduct/contracts';
import type { PeerSocket } from './amqp-peer.ts';
import type { ConnectionHandler, ServerConnection } from './engine/engine.ts';

/**
 * Somebody else whom peers of the same listeners may mean. A connection is the hub's until its peer names a guest, in SASL or with the
 * address of its first link; from then on it is that guest's alone.
 */
export interface AmqpGuest {
  /** SASL mechanisms that only this guest goes through. */
  readonly exchanges: readonly string[];
  /** Whether a user name of SASL PLAIN, or the address of a link, is one of its own. */
  isMeant(name: string): boolean;
  /** Takes the connection over. Whom it does not want it refuses link by link; it does not throw. */
  serve(connection: ServerConnection, socket: GuestSocket): GuestPeer;
}

export interface GuestSocket extends PeerSocket {
  /** The one that saw the TLS handshake. */
  readonly tlsSocket: Duplex;
}

/** A connection as its guest serves it. */
export interface GuestPeer extends ConnectionHandler {
  /** The server stops: what was received is settled, or took too long. */
  close(reason: HubError): void;
}
