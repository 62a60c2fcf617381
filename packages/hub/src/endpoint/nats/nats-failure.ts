import { EndpointFailure, type RoutedMessage } from '../../core/routing/endpoint.ts';
import { connectFailure } from '../connect-failure.ts';
import { errorsWithin } from '../errors-within.ts';
import { poison } from '../poison.ts';

/** Names of the clients' error classes, which are not loaded before there is an endpoint. */
const PERMANENT_WORDS: Readonly<Record<string, string>> = {
  AuthorizationError: 'it refuses the credentials',
  UserAuthenticationExpiredError: 'the credentials have expired',
  PermissionViolationError: 'this user may not publish to the subject',
  JetStreamNotEnabled: 'no stream listens to the subject',
  InvalidSubjectError: 'it does not take the subject',
};

/** Of JetStream's API, what stays until somebody changes something. Source: nats-server, errors.json. */
const PERMANENT_API: ReadonlyMap<number, string> = new Map([
  [10_039, 'JetStream is not enabled for this account'],
  [10_076, 'JetStream is not enabled'],
  [10_109, 'the stream is sealed'],
]);
const MESSAGE_TOO_LARGE = 10_054;

/** @param where  subject and server, as the beginning of a sentence */
export function natsFailure(where: string, error: unknown): EndpointFailure {
  if (error instanceof EndpointFailure) return error;
  const within = errorsWithin(error);
  for (const one of within) {
    const words = PERMANENT_WORDS[one.name] ?? PERMANENT_API.get(apiCode(one));
    if (words !== undefined) return new EndpointFailure('permanent', `${where}: ${words}`, { cause: error });
  }
  const network = connectFailure(where, error);
  if (network !== undefined) return network;
  if (within.some(({ message }) => message.includes("server does not support 'tls'")))
    return new EndpointFailure('permanent', `${where}: it does not offer TLS`, { cause: error });
  const said = within.at(0)?.message ?? 'the connection ended';
  return new EndpointFailure('transient', `${where}: ${said.slice(0, WORDS_MAX)}`, { cause: error });
}

/** The same for what one message met. */
export function natsMessageFailure(where: string, message: RoutedMessage, error: unknown): EndpointFailure {
  const within = errorsWithin(error);
  if (within.some((one) => one.name === 'InvalidArgumentError' && one.message.includes('max_payload')))
    return poison(message, `${where}: it is larger than the server's max_payload`, error);
  if (within.some((one) => apiCode(one) === MESSAGE_TOO_LARGE))
    return poison(message, `${where}: it is larger than the stream takes`, error);
  return natsFailure(where, error);
}

function apiCode(error: Error): number {
  const { code } = error as { code?: unknown };
  return error.name === 'JetStreamApiError' && typeof code === 'number' ? code : 0;
}

/** Of the client's own words, characters. */
const WORDS_MAX = 300;
