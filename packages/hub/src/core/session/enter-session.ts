import { HubError, identityKey } from '@viaduct/contracts';
import type { HoldsSessions, KnowsAuthorities } from '../hub.ts';
import type { KeepsRegistry, RegistryEntry } from '../ports.ts';
import { sameCredentials } from '../registry/update-device.ts';
import type { DeviceSession } from './device-session.ts';

/** What a session was let in by. */
export interface Admitted {
  readonly entry: RegistryEntry;
  /** SHA-256 fingerprint of the authority that vouched for it, when one did. */
  readonly authority?: string | undefined;
}

/**
 * Enters a session that was let in by what was known of its identity, and ends it when something else is known by now.
 *
 *     authenticated ─ held, models, links … ─► entered ─► still so? ─ no ─► closed with the reason
 *
 * Between the decision and the entry there may be seconds. Who is disabled, deleted or given other credentials in them, or
 * loses the authority that vouched for it, has no session yet that could be closed. Looking after the entry leaves no gap: a
 * change is either seen here, or comes later and finds the session.
 *
 * @throws HubError store.unavailable (retry); the session is entered all the same
 */
export async function enterSession(
  hub: KeepsRegistry & HoldsSessions & KnowsAuthorities,
  session: DeviceSession,
  admitted: Admitted,
): Promise<void> {
  hub.sessions.enter(session);
  const { deviceId, moduleId } = admitted.entry;
  const entry = await hub.registry.find(admitted.entry);
  const device = moduleId === undefined ? entry : await hub.registry.find({ deviceId });
  const reason = whyNoLonger(admitted.entry, entry, device) ?? (await whyNoLongerTrusted(hub, admitted));
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

async function whyNoLongerTrusted(
  hub: KnowsAuthorities,
  { entry, authority }: Admitted,
): Promise<HubError | undefined> {
  if (authority === undefined) return undefined;
  const known = await hub.authorities.authorities();
  if (known.some(({ isVerified, certificate }) => isVerified && certificate.fingerprint256 === authority))
    return undefined;
  const text = `the authority that vouched for "${identityKey(entry)}" went while it connected`;
  return new HubError('credential.replaced', text);
}
