import { type DeviceIdentity, HubError } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { Authentication, KeepsRegistry, MakesRandomness, RegistryEntry, TellsTime } from '../ports.ts';
import { closeSessions } from './close-sessions.ts';
import type { DeviceInput } from './device-input.ts';
import { getDevice } from './get-device.ts';
import { requireMatch } from './if-match.ts';
import { inTurn } from './in-turn.ts';
import { changedEntry } from './make-entry.ts';

const ATTEMPTS_MAX = 10;

/**
 * Changes what the back end mentions, and nothing else. A device that is disabled or gets other credentials is disconnected.
 *
 * @throws HubError device.notFound, module.notFound, etag.mismatch, argument.invalid, quota.exceeded, store.unavailable (both: retry)
 */
export function updateDevice(
  hub: KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness,
  identity: DeviceIdentity,
  input: DeviceInput,
  ifMatch?: string,
): Promise<RegistryEntry> {
  return inTurn(hub.registry, identity, async () => {
    for (let attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
      const before = await getDevice(hub, identity);
      requireMatch(before.etag, ifMatch);
      const after = changedEntry(hub, before, input);
      if (!(await hub.registry.replace(after, before.etag))) continue;
      disconnectIfNeeded(hub, before, after);
      return after;
    }
    throw new HubError('store.unavailable', 'the device is being changed too often at once');
  });
}

function disconnectIfNeeded(hub: HoldsSessions, before: RegistryEntry, after: RegistryEntry): void {
  if (after.status === 'disabled' && before.status === 'enabled') {
    closeSessions(hub, after, new HubError('device.disabled', `device ${after.deviceId} was disabled`));
  } else if (!sameCredentials(before.authentication, after.authentication)) {
    const reason = new HubError('credential.replaced', `the credentials of ${after.deviceId} were changed`);
    hub.sessions.find(after)?.close(reason);
  }
}

/** Whether whoever could come in with the one can with the other. */
export function sameCredentials(a: Authentication, b: Authentication): boolean {
  return (
    a.type === b.type &&
    a.symmetricKey.primaryKey === b.symmetricKey.primaryKey &&
    a.symmetricKey.secondaryKey === b.symmetricKey.secondaryKey &&
    a.x509Thumbprint.primaryThumbprint === b.x509Thumbprint.primaryThumbprint &&
    a.x509Thumbprint.secondaryThumbprint === b.x509Thumbprint.secondaryThumbprint
  );
}
