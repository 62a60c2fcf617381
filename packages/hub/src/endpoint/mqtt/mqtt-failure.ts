import { EndpointFailure, type RoutedMessage } from '../../core/routing/endpoint.ts';
import { connectFailure } from '../connect-failure.ts';
import { errorsWithin } from '../errors-within.ts';
import { poison } from '../poison.ts';

type Meaning = 'transient' | 'permanent' | 'poison';

/** What a broker answers a CONNECT or a PUBLISH with. Source: MQTT 5 §2.4, §3.2.2.2 and §3.4.2.1. */
const REASONS: ReadonlyMap<number, readonly [Meaning, string]> = new Map([
  [0x80, ['transient', 'it failed and does not say why']],
  [0x81, ['permanent', 'it does not understand what it was sent']],
  [0x82, ['permanent', 'it does not follow the protocol as we do']],
  [0x83, ['transient', 'it failed for a reason of its own']],
  [0x84, ['permanent', 'it does not speak MQTT 5']],
  [0x85, ['permanent', 'it does not take the client id']],
  [0x86, ['permanent', 'it refuses the user name or the password']],
  [0x87, ['permanent', 'this user may not do this']],
  [0x88, ['transient', 'it is not available']],
  [0x89, ['transient', 'it is busy']],
  [0x8a, ['permanent', 'this client is banned']],
  [0x8b, ['transient', 'it is stopping']],
  [0x8c, ['permanent', 'it wants another way of signing in']],
  [0x8d, ['transient', 'it heard nothing for too long']],
  [0x8e, ['permanent', 'another client has the same client id']],
  [0x90, ['permanent', 'it does not take the topic']],
  [0x91, ['transient', 'a packet identifier is in use']],
  [0x93, ['transient', 'more is on its way than it allows']],
  [0x95, ['poison', 'the message is larger than it takes']],
  [0x96, ['transient', 'messages come too fast for it']],
  [0x97, ['transient', 'a quota is used up']],
  [0x98, ['permanent', 'an administrator ended the connection']],
  [0x99, ['poison', 'the message is not in the format that it wants']],
  [0x9a, ['permanent', 'it keeps no retained messages']],
  [0x9b, ['permanent', 'it does not offer this quality of service']],
  [0x9c, ['permanent', 'it wants to be spoken to elsewhere, for now']],
  [0x9d, ['permanent', 'it has moved']],
  [0x9f, ['transient', 'connections come too fast for it']],
  [0xa0, ['transient', 'the connection lasted as long as it allows']],
]);

/** The answers of MQTT 3.1.1 to a CONNECT, which a broker may give that does not know 5. */
const OLD_REASONS: ReadonlyMap<number, number> = new Map([
  [1, 0x84],
  [2, 0x85],
  [3, 0x88],
  [4, 0x86],
  [5, 0x87],
]);

/** @param where  topic and broker, as the beginning of a sentence */
export function mqttFailure(where: string, error: unknown, message?: RoutedMessage): EndpointFailure {
  if (error instanceof EndpointFailure) return error;
  const within = errorsWithin(error);
  for (const { code } of within as { code?: unknown }[]) {
    const reason = typeof code === 'number' ? REASONS.get(OLD_REASONS.get(code) ?? code) : undefined;
    if (reason === undefined) continue;
    const [meaning, words] = reason;
    if (meaning !== 'poison') return new EndpointFailure(meaning, `${where}: ${words}`, { cause: error });
    return message === undefined
      ? new EndpointFailure('transient', `${where}: ${words}`, { cause: error })
      : poison(message, `${where}: ${words}`, error);
  }
  const network = connectFailure(where, error);
  if (network !== undefined) return network;
  const said = within[0]?.message ?? 'the connection ended';
  return new EndpointFailure('transient', `${where}: ${said.slice(0, WORDS_MAX)}`, { cause: error });
}

/** Of the client's own words, characters. */
const WORDS_MAX = 300;
