import { randomUUID } from 'node:crypto';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { LIMITS } from '@viaduct/contracts';
import rhea, { type Connection, type ConnectionOptions, type EventContext } from 'rhea';
import { EndpointFailure } from '../../core/routing/endpoint.ts';
import { connectFailure } from '../connect-failure.ts';
import { type TrustFields, tlsOptions } from '../trust-fields.ts';
import { conditionFailure } from './condition-failure.ts';

export interface AmqpPeer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly trust: TrustFields;
  readonly sasl: AmqpSasl;
  readonly virtualHost?: string;
}

type AmqpSasl =
  | { readonly mechanism: 'PLAIN'; readonly userName: string; readonly password: string }
  | { readonly mechanism: 'ANONYMOUS' | 'EXTERNAL' };

/**
 * One AMQP connection to a broker, and the first reason why it ended. rhea tells the end of a connection by six events of its own and one of
 * the socket, and some of them twice: here it is one failure, heard by everybody who waits.
 */
export class AmqpSocket {
  readonly connection: Connection;
  readonly #peer: AmqpPeer;
  readonly #listeners = new Set<(failure: EndpointFailure) => void>();
  #socket: Socket | undefined;
  #failure: EndpointFailure | undefined;

  constructor(peer: AmqpPeer) {
    this.#peer = peer;
    const { virtualHost } = peer;
    // A container of its own: events that nobody here listens for do not reach another connection's listeners.
    const container = rhea.create_container({ id: `viaduct-${randomUUID()}` });
    this.connection = container.create_connection({
      host: peer.host,
      port: peer.port,
      ...saslOptions(peer),
      ...(virtualHost === undefined ? {} : { hostname: virtualHost }),
      reconnect: false,
      idle_time_out: LIMITS.ENDPOINT_STALLED_SECONDS_MAX * 1_000,
      max_frame_size: FRAME_BYTES_MAX,
      connection_details: () => ({ host: peer.host, port: peer.port, connect: this.#connect }),
    } as ConnectionOptions);
    this.#listen();
  }

  get failure(): EndpointFailure | undefined {
    return this.#failure;
  }

  /** Resolves when the peer has let us in. @throws EndpointFailure */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.onEnd(reject);
      this.connection.once('connection_open', () => resolve());
      this.connection.connect();
    });
  }

  /** Called once, with why it ended; at once if it has. */
  onEnd(listener: (failure: EndpointFailure) => void): void {
    if (this.#failure !== undefined) listener(this.#failure);
    else this.#listeners.add(listener);
  }

  /** The first failure is the one that counts; the socket goes with it. */
  end(failure: EndpointFailure): void {
    if (this.#failure !== undefined) return;
    this.#failure = failure;
    for (const listener of this.#listeners) listener(failure);
    this.#listeners.clear();
    // With an error, and so rhea hears of it and clears its timers.
    this.#socket?.destroy(failure);
  }

  readonly #connect = (_port: number, _host: string, _options: unknown, connected: () => void): Socket => {
    const { host, port, tls, trust } = this.#peer;
    this.#socket = tls
      ? connectTls({ host, port, ...serverName(host), ...tlsOptions(trust) }, connected)
      : connectTcp({ host, port }, connected);
    this.#socket.setNoDelay(true);
    return this.#socket;
  };

  #listen(): void {
    const peer = `${this.#peer.host}:${this.#peer.port}`;
    const ended = ({ connection, session, error }: EventContext) => {
      const reason = session?.error ?? connection.error ?? error;
      this.end(connectFailure(peer, reason) ?? conditionFailure(peer, reason));
    };
    for (const event of ['connection_error', 'connection_close', 'disconnected', 'session_error', 'session_close'])
      this.connection.on(event, ended);
    for (const event of ['protocol_error', 'error'])
      this.connection.on(event, (error: unknown) => {
        this.end(protocolFailure(peer, error));
      });
  }
}

function protocolFailure(peer: string, error: unknown): EndpointFailure {
  const said = error instanceof Error ? error.message : String(error);
  if (said.includes('suitable mechanism'))
    return new EndpointFailure('permanent', `${peer} does not offer this SASL mechanism`, { cause: error });
  return new EndpointFailure('transient', `${peer} broke the rules of AMQP`, { cause: error });
}

/** rhea chooses the mechanism by what it is given. */
function saslOptions({ sasl, trust }: AmqpPeer) {
  switch (sasl.mechanism) {
    case 'PLAIN':
      return { username: sasl.userName, password: sasl.password };
    case 'EXTERNAL':
      return { enable_sasl_external: true, cert: trust.certificate };
    case 'ANONYMOUS':
      // Without a name rhea would leave the handshake out, and brokers that insist on one hang up.
      return { username: 'anonymous' };
    default:
      return sasl satisfies never;
  }
}

/** Ours to read; what we send follows what the peer says. */
const FRAME_BYTES_MAX = 65_536;

/** An address has no name to ask for; its certificate is checked against the address itself. */
function serverName(host: string): { servername?: string } {
  return /^[\d.]+$|:/.test(host) ? {} : { servername: host };
}
