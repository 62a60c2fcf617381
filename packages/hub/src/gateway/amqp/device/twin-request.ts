import { HubError, LIMITS } from '@viaduct/contracts';
import { type AmqpMessage, asText, parseAmqpMessage } from '../codec/amqp-message.ts';
import type { AmqpValue } from '../codec/amqp-reader.ts';

/**
 *     GET                                                  the twin
 *     PATCH   /properties/reported                         report; `version`: only if it is the stored one
 *     PUT     /notifications/twin/properties/desired       tell me when desired changes
 *     DELETE  /notifications/twin/properties/desired       no more
 */
export type TwinRequest =
  | { readonly kind: 'get' | 'subscribe' | 'unsubscribe' }
  | { readonly kind: 'patch'; readonly version: number | null; readonly body: Buffer };

export interface IdentifiedRequest {
  /** With its type, byte for byte; undefined when the device wants no answer. */
  readonly correlationId: Buffer | undefined;
  /** What is asked, or why it cannot be done. */
  readonly request: TwinRequest | HubError;
}

/** Nothing of the result refers to the payload. @throws HubError packet.malformed */
export function parseTwinRequest(payload: Buffer): IdentifiedRequest {
  const message = parseAmqpMessage(payload);
  const { correlationIdEncoded } = message;
  // Copies: the bytes are a view of the receive buffer, and a request may wait for its turn.
  const correlationId = correlationIdEncoded && Buffer.from(correlationIdEncoded);
  return { correlationId, request: requestOf(message) };
}

const REPORTED = '/properties/reported';
const DESIRED_NOTICES = '/notifications/twin/properties/desired';

function requestOf(message: AmqpMessage): TwinRequest | HubError {
  const { messageAnnotations } = message;
  const operation = asText(messageAnnotations.get('operation'))?.toUpperCase() ?? '';
  const resource = asText(messageAnnotations.get('resource'))?.toLowerCase() ?? '';
  switch (`${operation} ${resource}`) {
    case 'GET ':
    case 'GET /':
      return { kind: 'get' };
    case `PATCH ${REPORTED}`:
      return patchOf(message);
    case `PUT ${DESIRED_NOTICES}`:
      return { kind: 'subscribe' };
    case `DELETE ${DESIRED_NOTICES}`:
      return { kind: 'unsubscribe' };
    default:
      return invalid(`nothing is done by "${operation.slice(0, 20)}" on "${resource.slice(0, 80)}"`);
  }
}

function patchOf({ messageAnnotations, body }: AmqpMessage): TwinRequest | HubError {
  const version = versionOf(messageAnnotations.get('version'));
  if (version === undefined) return invalid('version is neither null nor a whole number');
  const bytes = bytesOf(body);
  if (bytes === undefined) return invalid('the body is neither bytes nor text');
  if (bytes.length > LIMITS.AMQP_TWIN_BODY_BYTES_MAX) {
    return new HubError(
      'twin.tooLarge',
      `the patch has ${bytes.length} bytes; at most ${LIMITS.AMQP_TWIN_BODY_BYTES_MAX} are read`,
    );
  }
  return { kind: 'patch', version, body: Buffer.from(bytes) };
}

function versionOf(value: AmqpValue | undefined): number | null | undefined {
  if (value === null || value === undefined) return null;
  return typeof value === 'number' && Number.isInteger(value) ? value : undefined;
}

function bytesOf(body: AmqpMessage['body']): Buffer | undefined {
  if (body.kind === 'data') return body.bytes;
  if (body.kind === 'none' || body.value === null) return Buffer.alloc(0);
  if (Buffer.isBuffer(body.value)) return body.value;
  return typeof body.value === 'string' ? Buffer.from(body.value) : undefined;
}

function invalid(why: string): HubError {
  return new HubError('argument.invalid', why);
}
