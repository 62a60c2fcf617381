import { createHmac } from 'node:crypto';

/** The key of a device of a group, base64 as the group's. Source: Azure DPS, "Symmetric key attestation". */
export function deriveDeviceKey(groupKey: string, registrationId: string): string {
  return createHmac('sha256', Buffer.from(groupKey, 'base64')).update(registrationId).digest('base64');
}
