import { HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';
import { requireTelemetrySize, type TelemetryMessage } from '../../core/telemetry/accept-telemetry.ts';
import { bagPair } from './message-headers.ts';

/** The content type that says that the body is a batch. */
export const BATCH_TYPE = 'application/vnd.microsoft.iothub.json';

/**
 * Many messages in one request. Pure: JSON in, all the messages out, or a refusal that names the element, so that nothing of a
 * batch is kept when any of it is wrong.
 *
 *     [{"body":"<base64>","properties":{"iothub-app-k":"v"}},{"body":"plain text","base64Encoded":false}]
 *
 * A body is base64 unless `base64Encoded` is false. Properties are named like the headers of a single message; a name without a
 * prefix is an application property. All together have the size of one message at most.
 *
 * @throws HubError format.invalid, argument.invalid, message.tooLarge
 */
export function readTelemetryBatch(json: unknown): readonly TelemetryMessage[] {
  if (!Array.isArray(json)) throw new HubError('format.invalid', 'a batch is a JSON array of messages');
  if (json.length === 0) throw new HubError('argument.invalid', 'the batch holds no message');
  // Messages of nothing have no bytes, and each of them still takes a record.
  if (json.length > LIMITS.TELEMETRY_BATCH_MESSAGES_MAX) {
    const text = `the batch has ${json.length} messages; at most ${LIMITS.TELEMETRY_BATCH_MESSAGES_MAX} are accepted`;
    throw new HubError('message.tooLarge', text);
  }
  const messages = json.map(messageOf);
  const bytes = messages.reduce((sum, { bag, body }) => sum + body.length + bag.length, 0);
  if (bytes > LIMITS.TELEMETRY_BYTES_MAX) {
    throw new HubError(
      'message.tooLarge',
      `the batch has ${bytes} bytes; at most ${LIMITS.TELEMETRY_BYTES_MAX} are accepted`,
    );
  }
  return messages;
}

function messageOf(element: unknown, index: number): TelemetryMessage {
  const refuse = (what: string) => new HubError('argument.invalid', `element ${index} of the batch: ${what}`);
  if (typeof element !== 'object' || element === null || Array.isArray(element)) throw refuse('it is not an object');
  const { body = '', base64Encoded = true, properties = {} } = element as JsonObject;
  if (typeof base64Encoded !== 'boolean') throw refuse('base64Encoded is true or false');
  if (typeof body !== 'string') throw refuse('its body is not a text');
  if (base64Encoded && !isBase64(body)) throw refuse('its body is not base64; say base64Encoded: false for plain text');
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties))
    throw refuse('its properties are not an object');

  const bag = bagOf(properties as JsonObject, refuse);
  const bytes = Buffer.from(body, base64Encoded ? 'base64' : 'utf8');
  requireTelemetrySize(bag, bytes.length);
  return { bag, body: bytes, flags: 0 };
}

function isBase64(text: string): boolean {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.replace(/=+$/, '').length % 4 !== 1;
}

function bagOf(properties: JsonObject, refuse: (what: string) => HubError): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(properties)) {
    if (typeof value === 'object' || value === undefined)
      throw refuse(`the property "${name.slice(0, 140)}" is not a text`);
    const text = String(value);
    if (/\p{Surrogate}/u.test(name + text)) throw refuse('a property has half a character');
    const hasPrefix = /^(iothub-|dt-subject$)/i.test(name);
    const pair = bagPair(hasPrefix ? name : `iothub-app-${name}`, text);
    if (pair !== undefined) pairs.push(pair);
  }
  return pairs.join('&');
}
