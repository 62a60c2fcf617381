import { HubError } from '@viaduct/contracts';
import type { AuthenticationType, JsonObject } from '../ports.ts';
import type { DeviceInput } from './device-input.ts';

/**
 * What a device document, of the REST API or a line of an import file, asks for. Pure. Members that only the hub writes (etag, times, connection state)
 * are ignored: back ends send documents back as they got them.
 *
 * @throws HubError argument.invalid (a member of the wrong type)
 */
export function readDeviceInput(json: JsonObject): DeviceInput {
  const authentication = objectAt(json, 'authentication');
  const capabilities = objectAt(json, 'capabilities');
  return defined({
    authentication: authentication && readAuthentication(authentication),
    // Checked by the core, which words the refusal.
    status: textAt(json, 'status') as 'enabled' | 'disabled' | undefined,
    statusReason: json.statusReason === null ? null : textAt(json, 'statusReason'),
    capabilities: capabilities && defined({ iotEdge: booleanAt(capabilities, 'iotEdge') }),
    deviceScope: textAt(json, 'deviceScope'),
    parentScopes: textsAt(json, 'parentScopes'),
  });
}

function readAuthentication(json: JsonObject): NonNullable<DeviceInput['authentication']> {
  const symmetricKey = objectAt(json, 'symmetricKey');
  const x509Thumbprint = objectAt(json, 'x509Thumbprint');
  return defined({
    type: textAt(json, 'type') as AuthenticationType | undefined,
    symmetricKey:
      symmetricKey &&
      defined({ primaryKey: textAt(symmetricKey, 'primaryKey'), secondaryKey: textAt(symmetricKey, 'secondaryKey') }),
    x509Thumbprint:
      x509Thumbprint &&
      defined({
        primaryThumbprint: textAt(x509Thumbprint, 'primaryThumbprint'),
        secondaryThumbprint: textAt(x509Thumbprint, 'secondaryThumbprint'),
      }),
  });
}

/** Null means the same as absent: SDKs write whole documents, with null for what they do not know. */
export function objectAt(json: JsonObject, name: string): JsonObject | undefined {
  const value = memberAt(json, name);
  if (value === undefined) return undefined;
  if (typeof value !== 'object' || Array.isArray(value)) throw wrongType(name, 'an object');
  return value as JsonObject;
}

export function textAt(json: JsonObject, name: string): string | undefined {
  const value = memberAt(json, name);
  if (value !== undefined && typeof value !== 'string') throw wrongType(name, 'a text');
  return value;
}

function booleanAt(json: JsonObject, name: string): boolean | undefined {
  const value = memberAt(json, name);
  if (value !== undefined && typeof value !== 'boolean') throw wrongType(name, 'true or false');
  return value;
}

function textsAt(json: JsonObject, name: string): readonly string[] | undefined {
  const value = memberAt(json, name);
  if (value === undefined) return undefined;
  const isTexts = Array.isArray(value) && value.every((each): each is string => typeof each === 'string');
  if (!isTexts) throw wrongType(name, 'a list of texts');
  return value;
}

function memberAt(json: JsonObject, name: string): NonNullable<unknown> | undefined {
  return Object.hasOwn(json, name) ? (json[name] ?? undefined) : undefined;
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> };

/** Without the members that are undefined, for absent and undefined are not the same to who reads it. */
function defined<T extends object>(members: T): Defined<T> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Defined<T>;
}

function wrongType(name: string, what: string): HubError {
  return new HubError('argument.invalid', `${name} is ${what}`);
}
