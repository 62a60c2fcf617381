import { HubError } from './errors.ts';
import { LIMITS } from './limits.ts';

/** A device, or a module of a device: the one who speaks. */
export interface DeviceIdentity {
  readonly deviceId: string;
  readonly moduleId?: string;
}

const ID = /^[A-Za-z0-9\-:.+%_#*?!(),=@;$']+$/;

/** Whether a text may be a device or module id. Case-sensitive; the alphabet is the registry's, not the file system's. */
export function isValidId(id: string): boolean {
  return id.length <= LIMITS.ID_CHARACTERS_MAX && ID.test(id);
}

/** @throws HubError device.idInvalid */
export function requireValidId(id: string, what = 'device id'): string {
  if (!isValidId(id))
    throw new HubError('device.idInvalid', `${JSON.stringify(id.slice(0, 140))} is not a valid ${what}`);
  return id;
}

const INPUT_NAME = /^[\w.:-]+$/;

/** Whether a text may name a module's input. Plain characters only: clients cut it out of the topic and do not decode it. */
export function isInputName(name: string): boolean {
  return name.length <= LIMITS.ID_CHARACTERS_MAX && INPUT_NAME.test(name);
}

/** `device` or `device/module`: the MQTT client id, and the key of sessions and queues. `/` cannot be part of an id. */
export function identityKey(identity: DeviceIdentity): string {
  return identity.moduleId === undefined ? identity.deviceId : `${identity.deviceId}/${identity.moduleId}`;
}

/** The inverse of `identityKey`. @throws HubError device.idInvalid */
export function parseIdentityKey(key: string): DeviceIdentity {
  const slash = key.indexOf('/');
  if (slash < 0) return { deviceId: requireValidId(key) };
  return {
    deviceId: requireValidId(key.slice(0, slash)),
    moduleId: requireValidId(key.slice(slash + 1), 'module id'),
  };
}

/**
 * The partition of a device: FNV-1a over the UTF-16 code units of its id. Modules follow their device, so everything one
 * device says stays in order for a reader. Stable for ever: changing it would split a device's history.
 */
export function partitionFor(deviceId: string, partitionCount: number): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < deviceId.length; i++) {
    hash ^= deviceId.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  return (hash >>> 0) % partitionCount;
}
