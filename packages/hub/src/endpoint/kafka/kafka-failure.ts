import { EndpointFailure } from '../../core/routing/endpoint.ts';
import { connectFailure } from '../connect-failure.ts';
import { codeOf, errorsWithin } from '../errors-within.ts';

/** Errors of the protocol that stay until somebody changes something. Source: the Kafka protocol's error codes. */
const PERMANENT_WORDS: Readonly<Record<string, string>> = {
  UNKNOWN_TOPIC_OR_PARTITION: 'there is no such topic',
  INVALID_TOPIC_EXCEPTION: 'there can be no topic of that name',
  TOPIC_AUTHORIZATION_FAILED: 'this user may not write to the topic',
  CLUSTER_AUTHORIZATION_FAILED: 'this user may not write to the cluster',
  SASL_AUTHENTICATION_FAILED: 'it refuses the user name or the password',
  UNSUPPORTED_SASL_MECHANISM: 'it does not offer this SASL mechanism',
  ILLEGAL_SASL_STATE: 'it does not expect a user name and a password',
  SECURITY_DISABLED: 'it does not expect a user name and a password',
  POLICY_VIOLATION: 'a policy of the cluster forbids it',
  UNSUPPORTED_VERSION: 'it is too old or too new to be spoken to',
  UNSUPPORTED_FOR_MESSAGE_FORMAT: 'it keeps the topic in a format without headers',
  UNSUPPORTED_COMPRESSION_TYPE: 'it does not take this compression',
};

/** A batch that is refused for its size, or for what is in it: one of its messages may be at fault. */
const BATCH_REFUSED: ReadonlySet<string> = new Set([
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_RECORD',
  'INVALID_TIMESTAMP',
]);

/** Why the cluster refuses what is in this request, in its own words; undefined when that is not what went wrong. */
export function batchRefusal(error: unknown): string | undefined {
  const refusal = errorsWithin(error).find((within) => BATCH_REFUSED.has(apiId(within)));
  return refusal === undefined ? undefined : `${apiId(refusal)}: ${refusal.message}`;
}

/** @param where  topic and brokers, as the beginning of a sentence */
export function kafkaFailure(where: string, error: unknown): EndpointFailure {
  if (error instanceof EndpointFailure) return error;
  const within = errorsWithin(error);
  for (const one of within) {
    const words = PERMANENT_WORDS[apiId(one)];
    if (words !== undefined)
      return new EndpointFailure('permanent', `${where}: ${words} (${apiId(one)})`, { cause: error });
  }
  const network = connectFailure(where, error);
  if (network !== undefined) return network;
  // The client checks the list of topics by itself, and has no code for what it finds.
  if (within.some(({ message }) => message.startsWith('Unknown topic ')))
    return new EndpointFailure('permanent', `${where}: there is no such topic`, { cause: error });
  // A peer that hangs up during the exchange of SASL: old brokers say no in that way.
  if (within.some((one) => codeOf(one) === 'PLT_KFK_AUTHENTICATION'))
    return new EndpointFailure('permanent', `${where}: it refuses the user name, the password or the SASL mechanism`, {
      cause: error,
    });
  const said = within.at(-1)?.message ?? String(error);
  return new EndpointFailure('transient', `${where}: ${said.slice(0, WORDS_MAX)}`, { cause: error });
}

function apiId(error: Error): string {
  const { apiId: id } = error as { apiId?: unknown };
  return typeof id === 'string' ? id : '';
}

/** Of the client's own words, characters. */
const WORDS_MAX = 300;
