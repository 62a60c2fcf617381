import { asHubError, HubError } from '@viaduct/contracts';
import type { AmqpError } from './engine/engine.ts';

/** How AMQP says any thrown thing: a refusal with its condition, a fault as nothing but that. */
export function amqpErrorOf(thrown: unknown): AmqpError {
  const { row, message } = asHubError(thrown);
  return { condition: row.amqp, description: `${row.hub} ${row.name}: ${message}` };
}

/** Whether it is our bug rather than the peer's. */
export function isFault(thrown: unknown): boolean {
  return !(thrown instanceof HubError) || thrown.code === 'server.fault';
}
