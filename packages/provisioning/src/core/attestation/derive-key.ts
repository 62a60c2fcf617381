import { createHmac } from 'node:crypto';

/**
 * The key of one device of a group: HMAC-SHA256 of its registration id under the group's key. Both keys are base64. Devices hash the id as
 * they write it, and the documentation tells people to write it in lower case: whoever verifies tries both.
 *
 * Source: Azure DPS, "Symmetric key attestation", group enrollments.
 */
export function deriveDeviceKey(groupKey: string, registrationId: string): string {
  return createHmac('sha256', Buffer.from(groupKey, 'base64')).update(registrationId, 'utf8').digest('base64');
}
