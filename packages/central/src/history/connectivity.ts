import { type Connectivity, type DeviceIdentity, identityKey, LIMITS } from '@viaduct/contracts';
import type { History } from './history.ts';
import { onlineByDay } from './online-by-day.ts';

const DAY_MS = 86_400_000;

/** How long a device was connected on each of the last days. */
export async function readConnectivity(
  history: History,
  device: DeviceIdentity & { readonly generationId: string },
  { days, now }: { readonly days: number; readonly now: number },
): Promise<Connectivity> {
  const sql = `SELECT time, is_connected FROM connection_change WHERE identity = ? AND generation_id = ? ORDER BY time DESC`;
  const of = [identityKey(device), device.generationId];
  const { rows } = await history.query(sql, of, { rowsMax: LIMITS.CONNECTIVITY_CHANGES_MAX });
  const changes = (rows as readonly [number, boolean][])
    .map(([time, isConnected]) => ({ time, isConnected }))
    .reverse();
  const oldest = changes[0]?.time;
  return {
    knownSince: oldest === undefined ? null : new Date(oldest).toISOString(),
    days: onlineByDay(changes, now - (days - 1) * DAY_MS, now),
  };
}
