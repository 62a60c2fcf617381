import type { Randomness } from '@viaduct/hub';
import { sized } from './marshal.ts';
import { protect } from './protect.ts';
import type { StorageKey } from './storage-key.ts';

export interface Credential {
  /** TPM2B_ID_OBJECT. */
  readonly idObject: Buffer;
  /** TPM2B_ENCRYPTED_SECRET. */
  readonly encryptedSecret: Buffer;
}

/**
 * TPM2_MakeCredential without a TPM: a secret that only the TPM of this endorsement key gives out, and only while it holds an object of
 * this name. So it proves both at once: that the endorsement key is there, and that the named key lives beside it.
 *
 * Source: TPM 2.0 Part 1 §24; Part 2 §12.4.2 and §12.4.3 (TPMS_ID_OBJECT: the size of the secret is encrypted with it); Part 3 §12.6.
 */
export function makeCredential(request: {
  readonly endorsementKey: StorageKey;
  readonly objectName: Buffer;
  readonly secret: Buffer;
  readonly random: Randomness;
}): Credential {
  const { blob, encryptedSeed } = protect({
    protector: request.endorsementKey,
    use: 'IDENTITY',
    name: request.objectName,
    plain: sized(request.secret),
    random: request.random,
  });
  return { idObject: sized(blob), encryptedSecret: encryptedSeed };
}
