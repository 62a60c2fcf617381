import type { SeriesSource } from '@viaduct/contracts';
import { directoryClient } from '../api/directory-client.ts';
import { listingOf } from './source-listing.ts';

/** How many devices a source is about. */
export async function countDevices(source: SeriesSource): Promise<number> {
  if (source.kind === 'devices') return source.deviceIds.length;
  return (await directoryClient.list({ ...listingOf(source), limit: 1 })).total ?? 0;
}
