import {
  type CommandMessage,
  type CommandSystemProperties,
  type DeviceIdentity,
  HubError,
  requireValidId,
} from '@viaduct/contracts';
import type { NewCommand } from '../../../core/command/send-command.ts';
import { type AmqpMessage, asText, parseAmqpMessage } from '../codec/amqp-message.ts';

/** A command as it came over AMQP: whom it is for, and what it says. */
export interface AmqpCommand {
  readonly identity: DeviceIdentity;
  readonly command: NewCommand;
}

/**
 *     /devices/{d}[/modules/{m}]/messages/devicebound     as service clients write it
 *     /devices/{d}/modules/{m}/inputs/{name}              ours: an input of a module; no service client has a way to say it
 */
const TO =
  /^(?:amqps?:\/\/[^/]+)?\/?devices\/([^/]+)(?:(?:\/modules\/([^/]+))?\/messages\/devicebound|\/modules\/([^/]+)\/inputs\/([^/]+))\/?$/i;
const ACKS: ReadonlyMap<string, CommandMessage['ack']> = new Map([
  ['none', 'none'],
  ['positive', 'positive'],
  ['negative', 'negative'],
  ['full', 'full'],
]);

/** @throws HubError packet.malformed, argument.invalid, device.idInvalid */
export function parseAmqpCommand(payload: Buffer): AmqpCommand {
  const message = parseAmqpMessage(payload);
  const { body, absoluteExpiryTime } = message;
  if (body.kind === 'value' && typeof body.value !== 'string' && !Buffer.isBuffer(body.value) && body.value !== null) {
    throw new HubError('argument.invalid', 'the body is neither bytes nor text');
  }
  const { identity, inputName } = addressee(message.to);
  return {
    identity,
    command: {
      body: body.kind === 'data' ? body.bytes : Buffer.from(body.kind === 'value' ? (asText(body.value) ?? '') : ''),
      system: { ...systemProperties(message), ...(inputName === undefined ? {} : { inputName }) },
      application: applicationProperties(message),
      ack: acknowledgement(message),
      ...(absoluteExpiryTime === undefined ? {} : { expiryTime: absoluteExpiryTime }),
    },
  };
}

function addressee(to: string | undefined): { readonly identity: DeviceIdentity; readonly inputName?: string } {
  const [, deviceId, boundModuleId, inputModuleId, inputName] = TO.exec(to ?? '') ?? [];
  if (deviceId === undefined) {
    throw new HubError(
      'argument.invalid',
      `"to" is /devices/{id}[/modules/{id}]/messages/devicebound or /devices/{id}/modules/{id}/inputs/{name}, not "${(to ?? '').slice(0, 160)}"`,
    );
  }
  const device = { deviceId: requireValidId(percentDecoded(deviceId)) };
  const moduleId = boundModuleId ?? inputModuleId;
  if (moduleId === undefined) return { identity: device };
  const identity = { ...device, moduleId: requireValidId(percentDecoded(moduleId), 'module id') };
  return inputName === undefined ? { identity } : { identity, inputName: percentDecoded(inputName) };
}

function systemProperties(message: AmqpMessage): CommandSystemProperties {
  const { messageId, correlationId, userId, to, contentType, contentEncoding } = message;
  return Object.fromEntries(
    Object.entries({ messageId, correlationId, userId, to, contentType, contentEncoding }).filter(
      ([, value]) => value !== undefined,
    ),
  );
}

/** Values that are not text become text: devices get text in any case. */
function applicationProperties({ applicationProperties: properties }: AmqpMessage): Record<string, string> {
  const application: Record<string, string> = Object.create(null) as Record<string, string>;
  for (const [name, value] of properties) {
    if (typeof name === 'string' && name !== 'iothub-ack') application[name] = asText(value) ?? '';
  }
  return application;
}

function acknowledgement({ applicationProperties: properties }: AmqpMessage): CommandMessage['ack'] {
  const asked = asText(properties.get('iothub-ack'));
  if (!asked) return 'none';
  const ack = ACKS.get(asked.toLowerCase());
  if (ack === undefined)
    throw new HubError('argument.invalid', `iothub-ack is none, positive, negative or full, not "${asked}"`);
  return ack;
}

function percentDecoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    // A lone % is part of an id.
    return text;
  }
}
