import type { Duplex } from 'node:stream';
import type { IConnectPacket } from 'mqtt-packet';
import type { Transport } from '../../core/ports.ts';

/** Another service that shares the hub's listeners: its clients are told apart by the user name of their CONNECT. */
export interface MqttGuest {
  claims(connect: IConnectPacket): boolean;
  /** From here on the connection is the guest's alone: to answer, to bound and to close. */
  accept(visitor: MqttVisitor): void;
}

/** A connection that has said CONNECT and nothing has been answered to. */
export interface MqttVisitor {
  readonly connect: IConnectPacket;
  /** What was read beyond the CONNECT; null when there is nothing. */
  readonly behind: Buffer | null;
  /** Paused. To be read with `readStatic`, which takes the place of the hub's reading. */
  readonly socket: Duplex;
  /** The one that saw the handshake; for a WebSocket it lies beneath `socket`. */
  readonly tlsSocket: Duplex;
  readonly transport: Transport;
  readonly remoteAddress: string;
}
