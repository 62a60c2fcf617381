import type { AmqpSocket } from './amqp-socket.ts';
import { conditionFailure } from './condition-failure.ts';

/**
 * RabbitMQ before 4 takes messages for `/amq/queue/{name}` also when there is no such queue, and drops them. A receiver that asks for nothing
 * tells: it is attached when the queue is there, and otherwise the session ends with `amqp:not-found`.
 *
 * @throws EndpointFailure permanent
 */
export function requireQueue(socket: AmqpSocket, address: string): Promise<void> {
  if (!address.startsWith('/amq/queue/')) return Promise.resolve();
  return new Promise((resolve, reject) => {
    socket.onEnd(reject);
    const receiver = socket.connection.open_receiver({ source: { address }, credit_window: 0 });
    receiver.once('receiver_open', () => receiver.close());
    receiver.once('receiver_error', () => reject(conditionFailure(address, receiver.error)));
    receiver.once('receiver_close', () => resolve());
  });
}
