import { HubError } from '@viaduct/contracts';

const API_VERSION = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])(?:-preview)?$/i;

/** The first that the service had. */
const OLDEST = '2017-08-31';

/**
 * The version of the service that a client speaks to. Any date from the first one on: later versions only added members, and a client that
 * is newer than this program gets what there is. Pure.
 *
 * @throws HubError argument.invalid
 */
export function requireApiVersion(text: unknown): string {
  if (typeof text !== 'string' || text === '') {
    throw new HubError('argument.invalid', 'api-version is missing; 2019-03-31 is the one that devices use');
  }
  if (API_VERSION.test(text) && text >= OLDEST) return text;
  throw new HubError('argument.invalid', `api-version ${JSON.stringify(text.slice(0, 40))} is none of this service's`);
}
