import { type DeviceIdentity, HubError, LIMITS } from '@viaduct/contracts';
import type { BlobPlace } from '../ports.ts';

/** Where the files of devices are: the container whose name the device is told. */
export const UPLOADS_CONTAINER = 'device-uploads';

/** Where the files of imports and exports are. */
export const JOBS_CONTAINER = 'hub-jobs';

/** Where messages are that routes send to storage. */
export const ROUTED_CONTAINER = 'device-messages';

/** Where readers of events keep their checkpoints, if they keep them here. */
export const CHECKPOINTS_CONTAINER = 'event-checkpoints';

/**
 * Where an identity's file lies: below its device's folder, a module's below the module's.
 *
 * @throws HubError argument.invalid
 */
export function uploadPlace({ deviceId, moduleId }: DeviceIdentity, fileName: string): BlobPlace {
  const folder = moduleId === undefined ? deviceId : `${deviceId}/${moduleId}`;
  if (fileName === '') throw new HubError('argument.invalid', 'the name of the blob is empty');
  return { container: UPLOADS_CONTAINER, name: requireBlobName(`${folder}/${fileName}`) };
}

/** Any text will do, for no name ever becomes a path; but it must come back as it was given. @throws HubError argument.invalid */
export function requireBlobName(name: string): string {
  if (name === '' || name.length > LIMITS.BLOB_NAME_CHARACTERS_MAX) {
    const text = `a blob's name has 1 to ${LIMITS.BLOB_NAME_CHARACTERS_MAX} characters, and this one has ${name.length}`;
    throw new HubError('argument.invalid', text);
  }
  // Half a surrogate pair has no UTF-8: two such names would become one.
  if (/\p{Surrogate}/u.test(name)) throw new HubError('argument.invalid', "the blob's name is not well-formed Unicode");
  return name;
}

/** The blob's address without its permission. Slashes stay, for they are what people see as folders. */
export function blobUri(hostName: string, { container, name }: BlobPlace): string {
  return `https://${hostName}/${container}/${encodeURIComponent(name).replaceAll('%2F', '/')}`;
}
