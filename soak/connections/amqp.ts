import { deviceToken } from '@viaduct/testkit';
import rhea, { type EventContext, type Receiver, type Sender } from 'rhea';
import { AmqpWire, happens } from './amqp-wire.ts';
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
    const current = this.#wire;
    const wire = await current?.catch(() => undefined);
    if (wire?.isOpen) return wire;
    // Somebody else may have come first while we looked.
    if (this.#wire === current) this.#wire = AmqpWire.open(request, 'tls');
    return await (this.#wire as Promise<AmqpWire>);
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
