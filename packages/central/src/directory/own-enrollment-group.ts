import { HubError } from '@viaduct/contracts';
import { deriveDeviceKey, type EnrollmentRecord, type Provisioning, putEnrollment } from '@viaduct/provisioning';

/** As IoT Central calls its own. */
const OWN_GROUP = 'SAS-IoT-Devices';

export interface DeviceKeys {
  readonly primaryKey: string;
  readonly secondaryKey: string;
}

/**
 * The keys that a device has by its id alone: derived from central's own enrolment group, so that the same key serves provisioning and the
 * hub. The group is made when it is first needed.
 *
 * @throws HubError argument.invalid: somebody made a group of that name that has no keys; store.unavailable (retry)
 */
export async function ownDeviceKeys(provisioning: Provisioning, deviceId: string): Promise<DeviceKeys> {
  const { attestation } = await ownGroup(provisioning);
  if (attestation.kind !== 'symmetricKey') {
    throw new HubError(
      'argument.invalid',
      `the enrolment group ${OWN_GROUP} has no keys that device keys could be derived from`,
    );
  }
  return {
    primaryKey: deriveDeviceKey(attestation.primaryKey, deviceId),
    secondaryKey: deriveDeviceKey(attestation.secondaryKey, deviceId),
  };
}

async function ownGroup(provisioning: Provisioning): Promise<EnrollmentRecord> {
  const known = await provisioning.enrollments.find('group', OWN_GROUP);
  if (known !== undefined) return known;
  // An empty key asks for a new one.
  const attestation = { type: 'symmetricKey', symmetricKey: { primaryKey: '', secondaryKey: '' } };
  try {
    return await putEnrollment(provisioning, 'group', OWN_GROUP, { enrollmentGroupId: OWN_GROUP, attestation });
  } catch (error) {
    // Somebody else was first.
    const made = await provisioning.enrollments.find('group', OWN_GROUP);
    if (made === undefined) throw error;
    return made;
  }
}
