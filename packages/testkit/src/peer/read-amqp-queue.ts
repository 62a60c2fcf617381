import { once } from 'node:events';
import rhea, { type Connection, type EventContext, type Message } from 'rhea';
import type { TestPeer } from './test-peer.ts';

export interface AmqpUser {
  readonly username: string;
  readonly password: string;
}

/** Reads so many from a queue, as a back end does. For tests. */
export async function readAmqpQueue(
  peer: TestPeer,
  user: AmqpUser,
  address: string,
  count: number,
): Promise<Message[]> {
  const container = rhea.create_container();
  const { address: host, port } = peer;
  const connection = container.connect({ host, port, ...user, reconnect: false });
  const messages: Message[] = [];
  container.on('disconnected', () => {});
  const receiver = connection.open_receiver({ source: { address, durable: 2 }, credit_window: 0 });
  // No more than is taken: what is on its way when a link closes is an error to rhea.
  receiver.add_credit(count);
  await new Promise<void>((resolve) => {
    if (count === 0) resolve();
    receiver.on('message', ({ message }: EventContext) => {
      if (message !== undefined) messages.push(message);
      if (messages.length === count) resolve();
    });
  });
  await ended(connection);
  return messages;
}

async function ended(connection: Connection): Promise<void> {
  const closed = once(connection, 'connection_close');
  connection.close();
  await closed;
}
