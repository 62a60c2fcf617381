import { HubError, LIMITS } from '@viaduct/contracts';
import { ROUTED_CONTAINER } from '../file/blob-name.ts';
import { mintBlobSas } from '../file/blob-sas.ts';
import type { SignsBlobs, TellsTime } from '../ports.ts';

export interface StorageAccess {
  readonly containerName: string;
  /** A query, with its question mark. */
  readonly sasToken: string;
  /** Milliseconds since 1970. */
  readonly expiryTime: number;
}

/** Lets whoever holds it list, read and delete the files that routes made, for some hours. @throws HubError argument.invalid */
export function storageAccess(hub: SignsBlobs & TellsTime, hours: unknown = 1): StorageAccess {
  const max = LIMITS.STORAGE_ACCESS_HOURS_MAX;
  if (!Number.isInteger(hours) || (hours as number) < 1 || (hours as number) > max) {
    throw new HubError('argument.invalid', `hours is a whole number from 1 to ${max}`);
  }
  const expiryTime = hub.clock.now() + (hours as number) * 3_600_000;
  const place = { container: ROUTED_CONTAINER, name: '' };
  const token = mintBlobSas(hub.blobKey, place, { permissions: 'rdl', expiryTime, wholeContainer: true });
  return { containerName: ROUTED_CONTAINER, sasToken: `?${token}`, expiryTime };
}
