import { HubError, identityKey } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { KeepsRegistry, RegistryEntry } from '../ports.ts';
import { sameCredentials } from '../registry/update-device.ts';
import type { DeviceSession } from './device-session.ts';

/**
 * Enters a session that was let in by what the registry said, and ends it when the registry says something else by now.
 *
 *     authenticated ─ held, models, links … ─► entered ─► still so? ─ no ─► closed with the reason
 *
 * Between the decision and the entry there may be seconds. Who is disabled, deleted or given other credentials in them
 * has no session yet that could be closed. Looking after the entry leaves no gap: a change is either seen here, or comes
 * later and finds the session.
 *
 * @throws HubError store.unavailable (retry); the session is entered all the same
 */
export async function enterSession(
  hub: KeepsRegistry & HoldsSessions,
  session: DeviceSession,
  admitted: RegistryEntry,
): Promise<void> {
  hub.sessions.enter(session);
  const { deviceId, moduleId } = admitted;
  const entry = await hub.registry.find(admitted);
  const device = moduleId === undefined ? entry : await hub.registry.find({ deviceId });
  const reason = whyNoLonger(admitted, entry, device);
  if (reason !== undefined) session.close(reason);
}

function whyNoLonger(
  admitted: RegistryEntry,
  entry: RegistryEntry | undefined,
  device: RegistryEntry | undefined,
): HubError | undefined {
  const key = identityKey(admitted);
  if (entry === undefined || entry.generationId !== admitted.generationId) {
    return new HubError('device.notFound', `"${key}" was deleted while it connected`);
  }
  if (entry.status === 'disabled' || device?.status === 'disabled') {
    return new HubError('device.disabled', `"${key}" was disabled while it connected`);
  }
  if (!sameCredentials(entry.authentication, admitted.authentication)) {
    return new HubError('credential.replaced', `the credentials of "${key}" were changed while it connected`);
  }
  return undefined;
}
