import { HubError, LIMITS } from '@viaduct/contracts';
import type { JsonObject } from '@viaduct/hub';
import type { RegistrationRequest } from '../core/registration/register.ts';

/** How deep a payload may be nested: what walks it later may do so by calling itself. */
const DEPTH_MAX = 64;

/**
 * What a device asks for, from the body of its request. Pure. An empty body asks for nothing in particular: some clients send none, or a
 * space, and the registration id that counts is that of the connection or the path.
 *
 *     {"registrationId":"dev1","payload":{…},"csr":"MII…","tpm":{"endorsementKey":"…","storageRootKey":"…"}}
 *
 * @throws HubError message.tooLarge, format.invalid, argument.invalid
 */
export function readRegistrationInput(body: Buffer, registrationId: string): RegistrationRequest {
  if (body.length > LIMITS.PROVISIONING_MESSAGE_BYTES_MAX) {
    throw new HubError(
      'message.tooLarge',
      `the body has ${body.length} bytes; at most ${LIMITS.PROVISIONING_MESSAGE_BYTES_MAX} are read`,
    );
  }
  const members = readObject(body);
  const named = textAt(members, 'registrationId') ?? registrationId;
  if (named.toLowerCase() !== registrationId.toLowerCase()) {
    throw new HubError('argument.invalid', `the body is of "${named.slice(0, 140)}", and "${registrationId}" asks`);
  }
  const { payload } = members;
  requireShallow(payload, DEPTH_MAX);
  const csr = textAt(members, 'csr');
  const tpm = readTpm(members.tpm);
  return {
    ...(payload === undefined || payload === null ? {} : { payload }),
    ...(csr === undefined ? {} : { csr }),
    ...(tpm === undefined ? {} : { tpm }),
  };
}

function readObject(body: Buffer): JsonObject {
  const text = body.toString('utf8').replace(/^\uFEFF/, '');
  if (text.trim() === '') return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new HubError('format.invalid', `the body is not JSON: ${(cause as Error).message}`, { cause });
  }
  return requireObject(json, 'the body');
}

function readTpm(json: unknown): RegistrationRequest['tpm'] {
  if (json === undefined || json === null) return undefined;
  const members = requireObject(json, 'tpm');
  const endorsementKey = textAt(members, 'endorsementKey');
  if (endorsementKey === undefined) throw new HubError('argument.invalid', 'tpm has no endorsementKey');
  const storageRootKey = textAt(members, 'storageRootKey');
  return { endorsementKey, ...(storageRootKey === undefined ? {} : { storageRootKey }) };
}

function requireObject(json: unknown, what: string): JsonObject {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    throw new HubError('argument.invalid', `${what} is not a JSON object`);
  }
  return json as JsonObject;
}

/** Undefined for null and for an empty text too: what a client does not have it may send as either. */
function textAt(members: JsonObject, name: string): string | undefined {
  const value = members[name] ?? '';
  if (typeof value !== 'string') throw new HubError('argument.invalid', `${name} is not a text`);
  return value === '' ? undefined : value;
}

function requireShallow(value: unknown, depthLeft: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depthLeft === 0) throw new HubError('argument.invalid', `payload is nested more than ${DEPTH_MAX} levels deep`);
  for (const member of Object.values(value)) requireShallow(member, depthLeft - 1);
}
