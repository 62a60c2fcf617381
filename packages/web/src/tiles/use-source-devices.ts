import { useQuery } from '@tanstack/react-query';
import type { SeriesSource } from '@viaduct/contracts';
import { directoryClient } from '../api/directory-client.ts';
import { listingOf } from './source-listing.ts';

/** Tiles with a line a device show so many. */
const DEVICES_MAX = 50;

export interface SourceDevices {
  readonly deviceIds: readonly string[];
  readonly isPending: boolean;
  readonly problem: Error | null;
}

/** Who a source is about: those named, or the first of the group. */
export function useSourceDevices(source: SeriesSource | null): SourceDevices {
  const isNamed = source?.kind === 'devices';
  const found = useQuery({
    queryKey: ['source-devices', source],
    queryFn: () => devicesOf(source ?? { kind: 'all' }),
    enabled: source !== null && !isNamed,
  });
  return {
    deviceIds: isNamed ? source.deviceIds : (found.data ?? []),
    isPending: source !== null && !isNamed && found.isPending,
    problem: found.error,
  };
}

async function devicesOf(source: SeriesSource): Promise<readonly string[]> {
  if (source.kind === 'devices') return source.deviceIds;
  const { items } = await directoryClient.list({ ...listingOf(source), limit: DEVICES_MAX });
  return items.map(({ deviceId }) => deviceId);
}
