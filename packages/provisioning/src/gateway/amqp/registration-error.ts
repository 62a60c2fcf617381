import { asHubError, type ErrorRow } from '@viaduct/contracts';
import type { AmqpError, MakesRandomness, TellsTime } from '@viaduct/hub';
import type { PacesDevices } from '../../core/provisioning.ts';
import { provisioningProblem } from '../problem.ts';
import { RETRY_AFTER_NAMES } from './registration-answer.ts';

/**
 * A refusal as devices hear it over AMQP: the problem as JSON where AMQP has words, for one client reads its number there, and when to come
 * again where that helps.
 */
export function registrationError(p: TellsTime & MakesRandomness & PacesDevices, thrown: unknown): AmqpError {
  const error = asHubError(thrown);
  const trackingId = p.random.bytes(16).toString('hex');
  const description = JSON.stringify(provisioningProblem(error, trackingId, p.clock.now()));
  if (!error.row.retry) return { condition: error.row.amqp, description };
  const info = Object.fromEntries(RETRY_AFTER_NAMES.map((name) => [name, p.retryAfterSeconds]));
  return { condition: retryCondition(error.row), description, info };
}

/** The two conditions at which the Node client asks again instead of giving up. */
function retryCondition({ http }: ErrorRow): string {
  return http === 429 ? 'com.microsoft:device-container-throttled' : 'amqp:internal-error';
}
