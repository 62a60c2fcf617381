import type { ReadyFile } from '@viaduct/contracts';
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Sender } from 'rhea';
import { WebSocket } from 'ws';
import { CONNECTED_MS_MAX, within } from './connection.ts';

/** One AMQP connection with its $cbs links. */
export class AmqpWire {
  readonly connection: Connection;
  readonly #tokens = new Map<string, { resolve(): void; reject(error: Error): void }>();
  readonly #listeners = new Set<() => void>();
  readonly #webSocket: WebSocket | undefined;
  #tokenSender: Sender | undefined;
  #lastToken = 0;
  isOpen = true;

  private constructor(connection: Connection, webSocket: WebSocket | undefined) {
    this.connection = connection;
    this.#webSocket = webSocket;
    connection.on('disconnected', () => this.#ended());
    for (const event of ['connection_error', 'connection_close', 'protocol_error', 'error'])
      connection.on(event, () => this.cut());
  }

  static async open(
    { ready, ca }: { readonly ready: ReadyFile; readonly ca: string },
    kind: 'tls' | 'websocket',
  ): Promise<AmqpWire> {
    const container = rhea.create_container();
    // Refusals end where they are awaited: at the link, the token or the connection.
    container.on('error', () => undefined);
    const common = { container_id: container.id, hostname: ready.hostName, reconnect: false as const };
    let webSocket: WebSocket | undefined;
    // The container makes it and shows it to nobody.
    class Kept extends WebSocket {
      constructor(...args: ConstructorParameters<typeof WebSocket>) {
        super(...args);
        webSocket = this;
      }
    }
    const details =
      kind === 'tls'
        ? { transport: 'tls', host: ready.hostName, port: ready.ports.amqp, ca }
        : {
            connection_details: container.websocket_connect(Kept as never)(
              `wss://${ready.hostName}:${ready.ports.https}/$iothub/websocket`,
              ['AMQPWSB10'],
              { ca },
            ),
          };
    const connection = container.connect({ ...common, ...details } as ConnectionOptions);
    const wire = new AmqpWire(connection, webSocket);
    try {
      await within(wire.#begin(), CONNECTED_MS_MAX, 'AMQP open');
    } catch (error) {
      wire.cut();
      throw error;
    }
    return wire;
  }

  onEnded(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Puts a device's token on the connection. */
  async putToken(name: string, token: string): Promise<void> {
    const id = `t${++this.#lastToken}`;
    const answered = new Promise<void>((resolve, reject) => this.#tokens.set(id, { resolve, reject }));
    this.#tokenSender?.send({
      message_id: id,
      to: '$cbs',
      reply_to: 'cbs',
      application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name },
      body: token,
    });
    await within(answered, CONNECTED_MS_MAX, 'put-token');
  }

  cut(): void {
    const { socket } = this.connection as unknown as { socket?: { destroy?(): void } };
    if (this.#webSocket === undefined) socket?.destroy?.();
    else this.#webSocket.terminate();
    this.#ended();
  }

  async close(): Promise<void> {
    if (!this.isOpen) return;
    const ended = new Promise<void>((resolve) => this.#listeners.add(resolve));
    this.connection.close();
    await within(ended, CONNECTED_MS_MAX, 'close').catch(() => this.cut());
  }

  async #begin(): Promise<void> {
    await happens(this.connection, 'connection_open', ['disconnected']);
    const receiver = this.connection.open_receiver({ source: '$cbs' });
    receiver.on('message', ({ message }: EventContext) => {
      const waiting = this.#tokens.get(String(message?.correlation_id));
      this.#tokens.delete(String(message?.correlation_id));
      const { 'status-code': code, 'status-description': text } = message?.application_properties ?? {};
      if (code === 200) waiting?.resolve();
      else waiting?.reject(new Error(`put-token was answered ${code}: ${text}`));
    });
    this.#tokenSender = this.connection.open_sender('$cbs');
    await happens(this.#tokenSender, 'sendable', ['sender_close']);
  }

  #ended(): void {
    if (!this.isOpen) return;
    this.isOpen = false;
    for (const { reject } of this.#tokens.values()) reject(new Error('the connection ended'));
    this.#tokens.clear();
    for (const listener of [...this.#listeners]) listener();
  }
}

interface Emitter {
  once(event: string, listener: () => void): unknown;
  removeListener(event: string, listener: () => void): unknown;
}

/** Resolves at the first `event`; rejects when one of `failures` comes before it. */
export function happens(emitter: unknown, event: string, failures: readonly string[]): Promise<void> {
  const source = emitter as Emitter;
  return new Promise((resolve, reject) => {
    const settle = (then: () => void) => () => {
      source.removeListener(event, happened);
      for (const failure of failures) source.removeListener(failure, failed);
      then();
    };
    const happened = settle(resolve);
    const failed = settle(() => reject(new Error(`${failures.join(' or ')} instead of ${event}`)));
    source.once(event, happened);
    for (const failure of failures) source.once(failure, failed);
  });
}
