import { HubError } from '@viaduct/contracts';
import type { AmqpMessage } from '@viaduct/hub';
import type { RegistrationRequest } from '../../core/registration/register.ts';
import { readRegistrationInput } from '../registration-input.ts';

/** What a message of a device asks for. */
export type RegistrationOperation =
  | { readonly kind: 'register'; readonly request: RegistrationRequest }
  | { readonly kind: 'poll'; readonly operationId: string }
  | { readonly kind: 'lookup'; readonly request: RegistrationRequest };

/**
 * Reads it by `iotdps-operation-type`. Pure. A poll has no body, whatever one client puts there; the others may have one, as data or, where
 * it is text, as a value.
 *
 * @throws HubError argument.invalid, format.invalid, message.tooLarge
 */
export function parseRegistrationOperation(message: AmqpMessage, registrationId: string): RegistrationOperation {
  const type = textProperty(message, 'iotdps-operation-type');
  switch (type) {
    case 'iotdps-register':
      return { kind: 'register', request: { ...readBody(message, registrationId), ...forced(message) } };
    case 'iotdps-get-operationstatus':
      return { kind: 'poll', operationId: requireOperationId(message) };
    case 'iotdps-get-registration':
      return { kind: 'lookup', request: readBody(message, registrationId) };
    default:
      throw new HubError(
        'argument.invalid',
        type === undefined ? 'iotdps-operation-type is missing' : `there is no operation "${type.slice(0, 80)}"`,
      );
  }
}

function readBody({ body }: AmqpMessage, registrationId: string): RegistrationRequest {
  return readRegistrationInput(bytesOf(body), registrationId);
}

function bytesOf(body: AmqpMessage['body']): Buffer {
  if (body.kind === 'data') return body.bytes;
  const value = body.kind === 'none' ? null : body.value;
  if (Buffer.isBuffer(value)) return value;
  if (value === null || typeof value === 'string') return Buffer.from(value ?? '');
  throw new HubError('format.invalid', 'the body is JSON in a data section');
}

/** Clients write a boolean, or one as text. */
function forced({ applicationProperties }: AmqpMessage): { forceRegistration?: boolean } {
  const value = applicationProperties.get('iotdps-forceRegistration');
  if (value === undefined || value === null) return {};
  if (typeof value === 'boolean') return { forceRegistration: value };
  const text = String(value).toLowerCase();
  if (text === 'true' || text === 'false') return { forceRegistration: text === 'true' };
  throw new HubError('argument.invalid', 'iotdps-forceRegistration is true or false');
}

function requireOperationId(message: AmqpMessage): string {
  const operationId = textProperty(message, 'iotdps-operation-id');
  if (operationId) return operationId;
  throw new HubError('argument.invalid', 'iotdps-operation-id is missing');
}

function textProperty({ applicationProperties }: AmqpMessage, name: string): string | undefined {
  const value = applicationProperties.get(name);
  return typeof value === 'string' ? value : undefined;
}
