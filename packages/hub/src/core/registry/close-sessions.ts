import type { DeviceIdentity, HubError } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';

/** Ends the live connection of an identity; of a device, its modules' too. */
export function closeSessions(hub: HoldsSessions, { deviceId, moduleId }: DeviceIdentity, reason: HubError): void {
  if (moduleId !== undefined) {
    hub.sessions.find({ deviceId, moduleId })?.close(reason);
    return;
  }
  // Copied first: a session that closes leaves the directory.
  for (const session of [...hub.sessions]) if (session.identity.deviceId === deviceId) session.close(reason);
}
