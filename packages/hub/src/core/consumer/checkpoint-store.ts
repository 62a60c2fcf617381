import { HubError, LIMITS } from '@viaduct/contracts';
import { CHECKPOINTS_CONTAINER } from '../file/blob-name.ts';
import { mintBlobSas } from '../file/blob-sas.ts';
import type { KnowsItsNames, SignsBlobs, TellsTime } from '../ports.ts';

/** Where readers may keep their checkpoints: a container for their client's checkpoint store. */
export interface CheckpointStorePermission {
  /** With the permission in it: a key to all checkpoints, to be kept like one. */
  readonly url: string;
  /** Milliseconds since 1970. */
  readonly expiryTime: number;
}

/**
 * Lets a back end keep checkpoints beside the events. They are blobs, so the official clients' store for blobs does; the hub
 * knows nothing of what is in them.
 *
 * @param hostName where the back end reaches blobs, with a port where it is not 443; the hub's first name when not given
 */
export function openCheckpointStore(
  hub: SignsBlobs & TellsTime & KnowsItsNames,
  hostName = hub.hostNames[0] ?? '',
): CheckpointStorePermission {
  const expiryTime = hub.clock.now() + LIMITS.CHECKPOINT_PERMISSION_SECONDS * 1_000;
  const place = { container: CHECKPOINTS_CONTAINER, name: '' };
  const sas = mintBlobSas(hub.blobKey, place, { permissions: 'rcwdl', expiryTime, wholeContainer: true });
  return { url: `https://${hostName}/${CHECKPOINTS_CONTAINER}?${sas}`, expiryTime };
}

/** What all official clients' stores call their blobs: `{host}/{eventHub}/{group}/checkpoint/{n}`, and `…/ownership/{n}`. */
const PLACE = /^[^/]{1,260}\/[^/]{1,260}\/[^/]{1,50}\/(?:checkpoint|ownership)\/\d{1,2}$/;

/** @throws HubError argument.invalid */
export function requireCheckpointPlace(name: string): void {
  if (PLACE.test(name)) return;
  throw new HubError(
    'argument.invalid',
    'in this container a blob is called {host}/{eventHub}/{group}/checkpoint/{partition}, or ownership in its place',
  );
}
