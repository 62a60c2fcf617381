import { createHash } from 'node:crypto';
import { HubError } from '@viaduct/contracts';
import type { EnrollmentRecord } from '../ports.ts';
import { parseStorageKey, type StorageKey } from './storage-key.ts';

/** Which TPM a device says it has. */
export interface TpmClaim {
  /** Compared without regard to case. */
  readonly registrationId: string;
  readonly endorsementKey: StorageKey;
  readonly storageRootKey: StorageKey;
}

/** Keys as a device names them: base64 of marshalled TPM2B_PUBLIC. */
export interface NamedKeys {
  readonly endorsementKey: string;
  readonly storageRootKey?: string | undefined;
}

/**
 * Holds the keys that a device names against those of its enrolment. Pure; nothing is proved by it yet. The endorsement key is the device's
 * identity and must be the enrolled one. The storage root key changes when a TPM is cleared, which its owner may do: any is taken, unless
 * the enrolment names one.
 *
 * @throws HubError credential.wrongType, tpm.endorsementKeyInvalid, tpm.storageRootKeyInvalid, tpm.keyMismatch
 */
export function claimTpm(enrollment: EnrollmentRecord, registrationId: string, named: NamedKeys): TpmClaim {
  const enrolled = enrolledKeys(enrollment);
  const endorsementKey = parseStorageKey('endorsementKey', named.endorsementKey);
  const storageRootKey = parseStorageKey('storageRootKey', named.storageRootKey ?? '');
  requireSame(enrollment, 'endorsement key', enrolled.endorsementKey, endorsementKey);
  if (enrolled.storageRootKey) requireSame(enrollment, 'storage root key', enrolled.storageRootKey, storageRootKey);
  return { registrationId, endorsementKey, storageRootKey };
}

/** @throws HubError credential.wrongType where the enrolment is not of a TPM */
export function enrolledKeys({ id, attestation }: EnrollmentRecord): {
  readonly endorsementKey: StorageKey;
  readonly storageRootKey: StorageKey | null;
} {
  if (attestation.kind !== 'tpm') {
    throw new HubError('credential.wrongType', `the enrolment "${id}" asks for no TPM, and one came`);
  }
  const { endorsementKey, storageRootKey } = attestation;
  return {
    endorsementKey: parseStorageKey('endorsementKey', endorsementKey),
    storageRootKey: storageRootKey ? parseStorageKey('storageRootKey', storageRootKey) : null,
  };
}

/** The words name digests: an operator compares them with `sha256sum` of what the TPM gave. */
function requireSame({ id }: EnrollmentRecord, what: string, enrolled: StorageKey, named: StorageKey): void {
  if (enrolled.bytes.equals(named.bytes)) return;
  const [wanted, came] = [enrolled, named].map(({ bytes }) => createHash('sha256').update(bytes).digest('hex'));
  throw new HubError(
    'tpm.keyMismatch',
    `the ${what} of the device (SHA-256 ${came}) is not that of the enrolment "${id}" (SHA-256 ${wanted})`,
  );
}
