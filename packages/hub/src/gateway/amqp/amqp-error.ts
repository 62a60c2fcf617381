import { asHubError, HubError } from '@viaduct/contracts';
import type { AmqpError } from './engine/engine.ts';

/**
 * How AMQP says any thrown thing: a refusal with its condition, a fault as nothing but that. Event Hubs clients look for
 * `status-code: 404` in the words to tell what is not there from what may come back.
 */
export function amqpErrorOf(thrown: unknown): AmqpError {
  const { row, message } = asHubError(thrown);
  const missing = row.http === 404 ? ' (status-code: 404)' : '';
  return { condition: row.amqp, description: `${row.hub} ${row.name}: ${message}${missing}` };
}

/** Whether it is our bug rather than the peer's. */
export function isFault(thrown: unknown): boolean {
  return !(thrown instanceof HubError) || thrown.code === 'server.fault';
}
