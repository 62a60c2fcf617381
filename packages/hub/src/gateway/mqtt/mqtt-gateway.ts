import type { Duplex } from 'node:stream';
import { HubError } from '@viaduct/contracts';
import type { Hub } from '../../core/hub.ts';
import { untilOrLate } from '../until-or-late.ts';
import type { ConnectionHost } from './connection-host.ts';
import { MqttConnection } from './mqtt-connection.ts';
import type { MqttGuest } from './mqtt-guest.ts';

export interface MqttGatewayOptions {
  /** Hears of bugs of ours that were caught at a connection. */
  readonly onFault: ConnectionHost['fault'];
  /** Other services behind the same listeners; none by default. */
  readonly guests?: readonly MqttGuest[];
}

const CLOCK_CHECK_MS = 1_000;

/**
 * Speaks MQTT 3.1.1 with devices. The server's listeners hand over sockets whose TLS handshake is done.
 *
 *     socket ─► MqttConnection ─► PublishPath ─► event log            telemetry
 *                              ├► the core's use cases                everything else
 *                              └► a guest                             a CONNECT that is not for the hub
 */
export class MqttGateway {
  readonly #host: ConnectionHost;
  readonly #connections = new Set<MqttConnection>();
  readonly #clockCheck: NodeJS.Timeout;
  readonly #hub: Hub;
  #acceptedMessages = 0;

  constructor(hub: Hub, options: MqttGatewayOptions) {
    this.#hub = hub;
    this.#host = {
      hub,
      guests: options.guests ?? [],
      fault: options.onFault,
      accepted: (messages) => {
        this.#acceptedMessages += messages;
      },
      closed: (connection) => this.#connections.delete(connection),
    };
    this.#clockCheck = setInterval(() => this.#checkTime(), CLOCK_CHECK_MS).unref();
  }

  /** `tlsSocket` is the one that saw the handshake; for a WebSocket it lies beneath `socket`. */
  accept(socket: Duplex, transport: 'mqtt' | 'mqtt-ws', remoteAddress: string, tlsSocket: Duplex = socket): void {
    this.#connections.add(new MqttConnection(this.#host, socket, transport, remoteAddress, tlsSocket));
  }

  get stats(): { readonly connections: number; readonly acceptedMessages: number } {
    return { connections: this.#connections.size, acceptedMessages: this.#acceptedMessages };
  }

  /** Acknowledges what was received, then ends every connection; both within a bound. */
  async close(): Promise<void> {
    clearInterval(this.#clockCheck);
    const connections = [...this.#connections];
    for (const connection of connections) connection.stopReading();
    await untilOrLate(() => connections.every((connection) => connection.unacknowledged === 0));
    for (const connection of connections) connection.close(new HubError('server.draining', 'the server is stopping'));
    await untilOrLate(() => this.#connections.size === 0);
  }

  #checkTime(): void {
    const now = this.#hub.clock.now();
    for (const connection of this.#connections) connection.checkTime(now);
  }
}
