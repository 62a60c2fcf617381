import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import { newGuid } from '../command/new-guid.ts';
import type { KeepsUploads, KnowsItsNames, MakesRandomness, SignsBlobs, TellsTime } from '../ports.ts';
import { uploadPlace } from './blob-name.ts';
import { mintBlobSas } from './blob-sas.ts';

/** What a device needs to write its file: a PUT to `https://{hostName}/{containerName}/{blobName}{sasToken}`. */
export interface UploadPermission {
  readonly correlationId: string;
  readonly hostName: string;
  readonly containerName: string;
  /** `{deviceId}/{name}`. */
  readonly blobName: string;
  /** Begins with `?`. */
  readonly sasToken: string;
}

/**
 * Lets a device write one blob, for LIMITS.UPLOAD_SECONDS. It tells by `completeUpload` how that went.
 *
 * @param hostName where the device reaches blobs, with a port where it is not 443; the hub's first name when not given
 * @throws HubError argument.invalid, file.tooManyUploads, store.unavailable (retry)
 */
export async function beginUpload(
  hub: KeepsUploads & SignsBlobs & TellsTime & MakesRandomness & KnowsItsNames,
  identity: DeviceIdentity,
  fileName: string,
  hostName = hub.hostNames[0] ?? '',
): Promise<UploadPermission> {
  const place = uploadPlace(identity, fileName);
  const correlationId = newGuid(hub);
  const startedTime = hub.clock.now();
  const expiryTime = startedTime + LIMITS.UPLOAD_SECONDS * 1_000;
  const upload = { ...place, identity, correlationId, hostName, startedTime, expiryTime };
  if (!(await hub.uploads.insert(upload, LIMITS.UPLOADS_ACTIVE_MAX))) {
    const text = `${LIMITS.UPLOADS_ACTIVE_MAX} uploads of this device have not ended`;
    throw new HubError('file.tooManyUploads', text);
  }
  const sasToken = `?${mintBlobSas(hub.blobKey, place, { permissions: 'rw', expiryTime })}`;
  return { correlationId, hostName, containerName: place.container, blobName: place.name, sasToken };
}
