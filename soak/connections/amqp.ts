import { deviceToken } from '@viaduct/testkit';
import rhea, { type Connection, type ConnectionOptions, type EventContext, type Receiver, type Sender } from 'rhea';
import { WebSocket } from 'ws';
import {
  ACKNOWLEDGED_MS_MAX,
  CONNECTED_MS_MAX,
  type ConnectRequest,
  type SoakConnection,
  within,
} from './connection.ts';
import { Waiting } from './waiting.ts';

const COMMAND_CREDIT = 10;

/** AMQP, one device a connection. */
export async function connectAmqp(request: ConnectRequest): Promise<SoakConnection> {
  const wire = await AmqpWire.open(request, 'tls');
  return await attachOrCut(wire, request, true);
}

/** The same over a WebSocket. */
export async function connectAmqpOverWebSocket(request: ConnectRequest): Promise<SoakConnection> {
  const wire = await AmqpWire.open(request, 'websocket');
  return await attachOrCut(wire, request, true);
}

/** Many devices on one connection, as gateways do it. Whoever comes first opens it; when it breaks, all are without. */
export class SharedAmqp {
  #wire: Promise<AmqpWire> | undefined;

  readonly connect = async (request: ConnectRequest): Promise<SoakConnection> => {
    const wire = await this.#openWire(request);
    return await attachOrCut(wire, request, false);
  };

  async close(): Promise<void> {
    const wire = await this.#wire?.catch(() => undefined);
    await wire?.close();
  }

  async #openWire(request: ConnectRequest): Promise<AmqpWire> {
    const existing = await this.#wire?.catch(() => undefined);
    if (existing?.isOpen) return existing;
    this.#wire = AmqpWire.open(request, 'tls');
    return await this.#wire;
  }
}

async function attachOrCut(wire: AmqpWire, request: ConnectRequest, isOwn: boolean): Promise<SoakConnection> {
  const connection = new AmqpSoakConnection(wire, request, isOwn);
  try {
    await within(connection.open(), CONNECTED_MS_MAX, 'links');
  } catch (error) {
    connection.cut();
    throw error;
  }
  return connection;
}

/** One AMQP connection with its $cbs links. */
class AmqpWire {
  readonly connection: Connection;
  readonly #tokens = new Map<string, { resolve(): void; reject(error: Error): void }>();
  readonly #listeners = new Set<() => void>();
  #tokenSender: Sender | undefined;
  #lastToken = 0;
  isOpen = true;

  private constructor(connection: Connection) {
    this.connection = connection;
    connection.on('disconnected', () => this.#ended());
    for (const event of ['connection_error', 'connection_close', 'protocol_error', 'error'])
      connection.on(event, () => this.cut());
  }

  static async open({ ready, ca }: ConnectRequest, kind: 'tls' | 'websocket'): Promise<AmqpWire> {
    const container = rhea.create_container();
    // Refusals end where they are awaited: at the link, the token or the connection.
    container.on('error', () => undefined);
    const common = { container_id: container.id, hostname: ready.hostName, reconnect: false as const };
    const details =
      kind === 'tls'
        ? { transport: 'tls', host: ready.hostName, port: ready.ports.amqp, ca }
        : {
            connection_details: container.websocket_connect(WebSocket as never)(
              `wss://${ready.hostName}:${ready.ports.https}/$iothub/websocket`,
              ['AMQPWSB10'],
              { ca },
            ),
          };
    const connection = container.connect({ ...common, ...details } as ConnectionOptions);
    const wire = new AmqpWire(connection);
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
    const { socket } = this.connection as unknown as { socket?: { destroy(): void } };
    socket?.destroy();
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

class AmqpSoakConnection implements SoakConnection {
  readonly #wire: AmqpWire;
  readonly #request: ConnectRequest;
  readonly #isOwn: boolean;
  readonly #waiting = new Waiting();
  readonly #stopListening: () => void;
  readonly #links: (Sender | Receiver)[] = [];
  #sender: Sender | undefined;
  isOpen = true;

  constructor(wire: AmqpWire, request: ConnectRequest, isOwn: boolean) {
    this.#wire = wire;
    this.#request = request;
    this.#isOwn = isOwn;
    this.#stopListening = wire.onEnded(() => this.#ended());
  }

  async open(): Promise<void> {
    const { device, ready } = this.#request;
    const { deviceId } = device;
    await this.#wire.putToken(`${ready.hostName}/devices/${deviceId}`, deviceToken(device, ready.hostName));
    const { connection } = this.#wire;
    const sender = this.#watched(connection.open_sender(`/devices/${deviceId}/messages/events`));
    for (const outcome of ['accepted', 'rejected', 'released', 'modified'] as const)
      sender.on(outcome, ({ delivery }: EventContext) => {
        if (outcome === 'accepted') this.#waiting.acknowledged(Number(delivery?.id));
        else this.#waiting.refused(Number(delivery?.id), outcome);
      });
    this.#sender = sender;
    await happens(sender, 'sendable', ['sender_close']);
    const commands = this.#watched(
      connection.open_receiver({
        source: `/devices/${deviceId}/messages/devicebound`,
        credit_window: COMMAND_CREDIT,
        autoaccept: true,
      }),
    );
    commands.on('message', ({ message }: EventContext) => this.#request.onCommand(String(message?.message_id)));
    await happens(commands, 'receiver_open', ['receiver_close']);
  }

  async send(body: string): Promise<void> {
    if (this.#sender === undefined || !this.isOpen) throw new Error('not open');
    const { id } = this.#sender.send({ body: rhea.message.data_section(Buffer.from(body)) });
    await within(this.#waiting.add(id), ACKNOWLEDGED_MS_MAX, 'disposition');
  }

  cut(): void {
    this.#wire.cut();
  }

  async close(): Promise<void> {
    if (this.#isOwn) await this.#wire.close();
    else for (const link of this.#links) link.close();
    this.#ended();
  }

  #watched<L extends Sender | Receiver>(link: L): L {
    this.#links.push(link);
    for (const event of ['sender_close', 'receiver_close', 'sender_error', 'receiver_error'])
      link.on(event, () => this.#ended());
    return link;
  }

  #ended(): void {
    this.isOpen = false;
    this.#stopListening();
    this.#waiting.abandon('the link ended');
  }
}

interface Emitter {
  once(event: string, listener: () => void): unknown;
  removeListener(event: string, listener: () => void): unknown;
}

/** Resolves at the first `event`; rejects when one of `failures` comes before it. */
function happens(emitter: unknown, event: string, failures: readonly string[]): Promise<void> {
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
