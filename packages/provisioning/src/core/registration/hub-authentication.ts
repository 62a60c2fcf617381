import type { MakesRandomness } from '@viaduct/hub';
import type { DeviceAuthentication, LinkedHubRecord, PendingAssignment } from '../ports.ts';

const KEY_BYTES = 32;

/** How a device authenticates at its hub, and what it must be told for that. */
export interface HubCredential {
  readonly authentication: DeviceAuthentication;
  /** A key that only its TPM may have. */
  readonly tpmKey: Buffer | null;
}

/**
 * With what it proved here: the keys of its enrolment, or its certificate. A certificate that was issued to it just now takes their place:
 * the hub of this server trusts our authority, others know its thumbprint. A device with a TPM gets a key that nobody has seen before.
 */
export function hubCredential(
  p: MakesRandomness,
  hub: LinkedHubRecord,
  { proof, issued }: PendingAssignment,
): HubCredential {
  if (issued !== null) {
    const authentication: DeviceAuthentication =
      hub.kind === 'local'
        ? { kind: 'authority' }
        : { kind: 'thumbprint', primary: issued.thumbprint, secondary: null };
    return { authentication, tpmKey: null };
  }
  switch (proof.kind) {
    case 'symmetricKey':
      return {
        authentication: { kind: 'sas', primaryKey: proof.primaryKey, secondaryKey: proof.secondaryKey },
        tpmKey: null,
      };
    case 'x509':
      return {
        authentication: { kind: 'thumbprint', primary: proof.certificate.sha256Thumbprint, secondary: null },
        tpmKey: null,
      };
    case 'tpm': {
      const tpmKey = p.random.bytes(KEY_BYTES);
      const text = tpmKey.toString('base64');
      return { authentication: { kind: 'sas', primaryKey: text, secondaryKey: text }, tpmKey };
    }
    default:
      return proof satisfies never;
  }
}
