import { once } from 'node:events';
import rhea, {
  type Connection,
  type ConnectionOptions,
  type Delivery,
  type EventContext,
  type Message,
  type Receiver,
  type Sender,
  type Session,
} from 'rhea';
import { signSas } from '../../../core/access/sas-signature.ts';
import type { DeviceTestServer, KnownDevice } from './device-test-server.ts';

/** What became of a message that was sent. */
export interface Settled {
  readonly outcome: 'accepted' | 'rejected' | 'released' | 'modified';
  readonly condition: string | undefined;
}

const HOUR_SECONDS = 3_600;
const OUTCOMES = ['accepted', 'rejected', 'released', 'modified'] as const;
const QUIET = ['disconnected', 'connection_error', 'sender_error', 'receiver_error', 'session_error', 'error'];

/** A client of the gateway by another implementation than ours, which can do what no SDK would: for tests. */
export class RheaPeer {
  readonly connection: Connection;
  readonly #server: DeviceTestServer;
  #tokens: { readonly sender: Sender; readonly receiver: Receiver } | undefined;
  readonly #answers = new Map<unknown, (statusCode: number) => void>();
  #requests = 0;

  constructor(server: DeviceTestServer, options: Partial<ConnectionOptions> & object = {}) {
    this.#server = server;
    this.connection = rhea.create_container().connect({
      transport: 'tls',
      host: server.address,
      port: 5671,
      ca: server.ca,
      reconnect: false,
      ...options,
    } as ConnectionOptions);
    for (const event of QUIET) this.connection.on(event, () => undefined);
  }

  /** A token of the device's own. */
  tokenOf({ deviceId, moduleId, key }: KnownDevice, seconds = HOUR_SECONDS): string {
    const path = moduleId === undefined ? `devices/${deviceId}` : `devices/${deviceId}/modules/${moduleId}`;
    return signSas(`${this.#server.address}/${path}`, key, Math.floor(Date.now() / 1_000) + seconds);
  }

  /** Resolves with the status code. */
  async putToken(token: string): Promise<number> {
    this.#tokens ??= this.#openTokens();
    const { sender } = this.#tokens;
    const id = `request ${this.#requests++}`;
    const answer = new Promise<number>((resolve) => this.#answers.set(id, resolve));
    // Beyond the credit of the link rhea keeps what is sent.
    sender.send({
      message_id: id,
      to: '$cbs',
      reply_to: 'cbs',
      application_properties: { operation: 'put-token', type: 'servicebus.windows.net:sastoken', name: 'anything' },
      body: token,
    });
    return answer;
  }

  #openTokens(): { readonly sender: Sender; readonly receiver: Receiver } {
    const receiver = this.connection.open_receiver({ source: '$cbs', credit_window: 500 });
    receiver.on('message', ({ message }: EventContext) =>
      this.#answers.get(message?.correlation_id)?.(message?.application_properties?.['status-code'] as number),
    );
    return { sender: this.connection.open_sender('$cbs'), receiver };
  }

  /** Attached and with credit. Rejects with the condition when the link is refused. */
  async sender(target: string, options: object = {}, session: Session | Connection = this.connection): Promise<Sender> {
    const link = session.open_sender({ target, ...options });
    await attached(link, 'sender');
    if (!link.sendable()) await once(link, 'sendable');
    return link;
  }

  async receiver(source: string, options: object = {}): Promise<Receiver> {
    const link = this.connection.open_receiver({ source, ...options });
    await attached(link, 'receiver');
    return link;
  }

  close(): void {
    this.connection.close();
  }
}

/** Sends and waits for what becomes of it. */
export function sent(link: Sender, message: Message | Buffer, format?: number): Promise<Settled> {
  const delivery: Delivery = link.send(message as Message, undefined, format);
  return new Promise((resolve) => {
    const listeners = OUTCOMES.map((outcome) => {
      const listener = ({ delivery: settled }: EventContext) => {
        if (settled?.id !== delivery.id) return;
        for (const [event, each] of listeners) link.removeListener(event, each);
        const state = settled.remote_state as { error?: { condition?: string } } | undefined;
        resolve({ outcome, condition: state?.error?.condition });
      };
      link.on(outcome, listener);
      return [outcome, listener] as const;
    });
  });
}

async function attached(link: Sender | Receiver, role: 'sender' | 'receiver'): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    let timer: NodeJS.Immediate | undefined;
    // A refusal is an attach and then a detach, mostly in one piece.
    link.once(`${role}_open`, () => {
      timer = setImmediate(resolve);
    });
    link.once(`${role}_error`, () => {
      clearImmediate(timer);
      reject(new RefusedLink((link.error as { condition?: string } | undefined)?.condition ?? ''));
    });
  });
}

/** The link was refused; the message is the condition. */
class RefusedLink extends Error {
  override readonly name = 'RefusedLink';
}
