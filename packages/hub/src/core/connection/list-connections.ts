import { type DeviceIdentity, LIMITS } from '@viaduct/contracts';
import type { HoldsSessions } from '../hub.ts';
import type { ConnectionRecord, KeepsConnections } from '../ports.ts';

/**
 * When an identity was connected, newest first, at most LIMITS.CONNECTIONS_PER_DEVICE_MAX; the connection under way comes first and
 * has no end. Empty for an identity that was never here, or does not exist.
 *
 * @throws HubError store.unavailable (retry)
 */
export async function listConnections(
  hub: KeepsConnections & HoldsSessions,
  identity: DeviceIdentity,
): Promise<readonly ConnectionRecord[]> {
  const kept = await hub.connections.list(identity);
  const session = hub.sessions.find(identity);
  if (session === undefined || kept.some((stay) => stay.connectedTime === session.connectedTime)) return kept;
  const { transport, remoteAddress, connectedTime } = session;
  const present = { ...identity, transport, remoteAddress, connectedTime, disconnectedTime: null, reason: null };
  return [present, ...kept].slice(0, LIMITS.CONNECTIONS_PER_DEVICE_MAX);
}
