import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { parseSas } from '@viaduct/contracts';
import rhea, { type Connection, type EventContext, type Message, type Sender } from 'rhea';

const POLICY = 'send';
const KEY = 'a2V5IG9mIGEgdGVzdA==';
const ENTITY = 'telemetry';
/** As it tells every sender. */
const MESSAGE_BYTES_MAX = 300_000;

/** PEM. */
interface NamespaceCertificate {
  readonly certificate: string;
  readonly privateKey: string;
}

/**
 * A namespace as Event Hubs is one, as far as senders see it: TLS, SASL ANONYMOUS, and no link to the event hub before a token for it was put to
 * `$cbs`. It takes the token apart and signs it again; what is not as documented is refused. That it asks for what the real one asks for is shown by
 * the official client, which gets in.
 */
export class NamespaceUnderTest {
  readonly #server: Server;
  readonly address: string;
  readonly port: number;
  readonly messages: Message[] = [];
  /** When each token that was taken runs out, seconds since 1970. */
  readonly tokens: number[] = [];
  readonly #connections = new Set<Connection>();
  /** What is answered to tokens from now on, when it is not what they deserve. */
  refuseTokens = false;
  /** What is answered to messages from now on. */
  outcome: 'accept' | 'release' | { readonly condition: string } = 'accept';

  private constructor(server: Server, address: string) {
    this.#server = server;
    this.address = address;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(address: string, { certificate, privateKey }: NamespaceCertificate): Promise<NamespaceUnderTest> {
    const receiver_options = { max_message_size: MESSAGE_BYTES_MAX, autoaccept: false };
    const container = rhea.create_container({ receiver_options } as never);
    container.sasl_server_mechanisms.enable_anonymous();
    const options = { host: address, port: 0, transport: 'tls', cert: certificate, key: privateKey } as const;
    const server = container.listen(options as never) as unknown as Server;
    await once(server, 'listening');
    const made = new NamespaceUnderTest(server, address);
    made.#serve(container);
    return made;
  }

  get connectionString(): string {
    return `Endpoint=sb://${this.address}:${this.port}/;SharedAccessKeyName=${POLICY};SharedAccessKey=${KEY};EntityPath=${ENTITY}`;
  }

  async close(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    for (const connection of this.#connections) connection.close();
    await closed;
  }

  #serve(container: rhea.Container): void {
    const isKnown = new WeakSet<Connection>();
    const replies = new WeakMap<Connection, Sender>();
    container.on('connection_open', ({ connection }: EventContext) => {
      this.#connections.add(connection);
      connection.on('connection_close', () => this.#connections.delete(connection));
      connection.on('disconnected', () => this.#connections.delete(connection));
    });
    container.on('sender_open', ({ connection, sender }: EventContext) => {
      sender?.set_source(sender.source);
      if (sender?.source.address === '$cbs') replies.set(connection, sender);
    });
    container.on('receiver_open', ({ connection, receiver }: EventContext) => {
      const address = receiver?.target.address;
      if (address === '$cbs') receiver?.set_target({ address });
      else if (address !== ENTITY)
        receiver?.close({
          condition: 'amqp:not-found',
          description: `The messaging entity '${address}' could not be found.`,
        });
      else if (!isKnown.has(connection))
        receiver?.close({ condition: 'amqp:unauthorized-access', description: "'Send' claim is required." });
      else receiver?.set_target({ address });
    });
    container.on('message', ({ connection, message, delivery, receiver }: EventContext) => {
      if (message === undefined || delivery === undefined) return;
      if (receiver?.target.address !== '$cbs') return this.#take(message, delivery);
      delivery.accept();
      const why = this.refuseTokens ? 'refused by the test' : whyRefused(message, `${this.address}`, this.tokens);
      if (why === undefined) isKnown.add(connection);
      replies.get(connection)?.send({
        correlation_id: message.message_id,
        to: message.reply_to,
        application_properties: {
          'status-code': rhea.types.wrap_int(why === undefined ? 202 : 401),
          'status-description': why ?? 'Accepted',
        },
        body: '',
      } as never);
    });
  }

  #take(message: Message, delivery: rhea.Delivery): void {
    if (this.outcome === 'release') delivery.release();
    else if (this.outcome === 'accept') {
      this.messages.push(message);
      delivery.accept();
    } else delivery.reject({ condition: this.outcome.condition, description: 'as the test wants it' });
  }
}

/** What is not as it should be; the token's expiry goes to `taken` when all is. */
function whyRefused(message: Message, host: string, taken: number[]): string | undefined {
  const { operation, type, name } = message.application_properties ?? {};
  if (operation !== 'put-token') return `operation is ${operation}`;
  if (type !== 'servicebus.windows.net:sastoken') return `type is ${type}`;
  if (!String(name).startsWith(`sb://${host}`) || !String(name).includes(ENTITY)) return `name is ${name}`;
  const { signature, signedText, policy, expiresAtSeconds } = parseSas(String(message.body));
  const expected = createHmac('sha256', KEY).update(signedText).digest('base64');
  if (policy !== POLICY || signature !== expected) return 'the signature is another';
  if (expiresAtSeconds < Date.now() / 1_000) return 'the token has expired';
  taken.push(expiresAtSeconds);
  return undefined;
}
