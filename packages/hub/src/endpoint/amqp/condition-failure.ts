import { EndpointFailure } from '../../core/routing/endpoint.ts';

/** Why a peer ended a connection or a link, or refused a message: what it said, in the form in which rhea gives it. */
interface Condition {
  readonly condition?: string;
  readonly description?: string;
}

/** What the operator must change. Everything that is not here may pass. */
const PERMANENT_WORDS: Readonly<Record<string, string>> = {
  'amqp:unauthorized-access': 'it refuses the user name, the password or their rights',
  'amqp:not-found': 'there is no such queue, topic or exchange',
  'amqp:not-allowed': 'it does not allow this',
  'amqp:not-implemented': 'it does not offer this',
  'amqp:invalid-field': 'it does not understand what it was told',
  'amqp:precondition-failed': 'it is set up otherwise than asked for',
  'amqp:link:redirect': 'it wants to be spoken to elsewhere',
  'amqp:connection:redirect': 'it wants to be spoken to elsewhere',
  'com.microsoft:entity-disabled': 'the event hub, queue or topic is disabled',
  'com.microsoft:argument-error': 'it does not understand what it was told',
  'com.microsoft:publisher-revoked': 'the publisher was revoked',
};

/** Refusals of one message that will be the same the next time. */
const POISON_CONDITIONS: ReadonlySet<string> = new Set([
  'amqp:link:message-size-exceeded',
  'amqp:decode-error',
  'amqp:invalid-field',
  'amqp:not-implemented',
  'amqp:precondition-failed',
  'com.microsoft:argument-error',
  'com.microsoft:message-size-exceeded',
]);

/** @param what  of which connection or link, as the beginning of a sentence */
export function conditionFailure(what: string, reason: unknown): EndpointFailure {
  const { condition, description } = conditionOf(reason);
  const words = condition === undefined ? undefined : PERMANENT_WORDS[condition];
  const said = [condition, description].filter((text) => text !== undefined && text !== '').join(': ');
  const cause = reason instanceof Error ? { cause: reason } : {};
  if (words !== undefined)
    return new EndpointFailure('permanent', `${what}: ${words} (${said.slice(0, WORDS_MAX)})`, cause);
  const ended = said === '' ? 'the connection ended' : `the peer ended it (${said.slice(0, WORDS_MAX)})`;
  return new EndpointFailure('transient', `${what}: ${ended}`, cause);
}

/**
 * What a rejected, released or modified message means. Without a condition it is not the message's fault: brokers reject so when a queue is
 * full, and what would be skipped then would be lost.
 */
export function isPoison(reason: unknown): boolean {
  const { condition } = conditionOf(reason);
  return condition !== undefined && POISON_CONDITIONS.has(condition);
}

function conditionOf(reason: unknown): Condition {
  if (typeof reason !== 'object' || reason === null) return {};
  const { condition, description } = reason as Record<string, unknown>;
  return {
    ...(typeof condition === 'string' ? { condition } : {}),
    ...(typeof description === 'string' ? { description } : {}),
  };
}

/** A peer's own words are shown, and are not more than this, characters. */
const WORDS_MAX = 300;
