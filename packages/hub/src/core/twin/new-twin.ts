import type { DeviceIdentity } from '@viaduct/contracts';
import type { TwinRecord, TwinSectionRecord } from '../ports.ts';

const NEVER = '0001-01-01T00:00:00Z';
const FIRST_TWIN_VERSION = 2;

/** The twin of a device that was just made. */
export function newTwin({ deviceId, moduleId }: DeviceIdentity): TwinRecord {
  const section: TwinSectionRecord = { values: {}, metadata: { $lastUpdated: NEVER }, version: 1 };
  return {
    deviceId,
    ...(moduleId === undefined ? {} : { moduleId }),
    version: FIRST_TWIN_VERSION,
    etag: twinEtag(FIRST_TWIN_VERSION),
    tags: {},
    desired: section,
    reported: section,
    revision: 1,
  };
}

/** Base64 of eight bytes, as Azure's twin etags look; follows the version, so it changes with tags and desired. */
export function twinEtag(version: number): string {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(version - 1));
  return bytes.toString('base64');
}
