import { createHash } from 'node:crypto';
import type { Randomness } from '@viaduct/hub';
import type { IdentityKey } from './identity-key.ts';
import { sized } from './marshal.ts';
import { encryptCfb, protect } from './protect.ts';
import type { StorageKey } from './storage-key.ts';

export interface Duplicate {
  /** TPM2B_PRIVATE. */
  readonly duplicate: Buffer;
  /** TPM2B_ENCRYPTED_SECRET. */
  readonly encryptedSeed: Buffer;
}

/**
 * TPM2_Duplicate without a TPM: an object in two wrappings, which its new parent's TPM takes off in TPM2_Import.
 *
 *     inner = AES-128-CFB(innerKey, iv 0, TPM2B(SHA-256(sensitive ‖ name)) ‖ sensitive)
 *     outer = as `protect` does for the new parent
 *
 * The inner key travels on its own way, as a credential: who opens the outer wrapping alone has nothing.
 *
 * Source: TPM 2.0 Part 1 §23.3.2.2 (inner) and §23.3.2.3 (outer); Part 2 §12.3.7 (TPM2B_PRIVATE).
 */
export function duplicateKey(request: {
  readonly newParent: StorageKey;
  readonly object: IdentityKey;
  /** 16 bytes. */
  readonly innerKey: Buffer;
  readonly random: Randomness;
}): Duplicate {
  const { newParent, object, innerKey, random } = request;
  const { name, sensitive } = object;
  const integrity = createHash('sha256').update(sensitive).update(name).digest();
  const { blob, encryptedSeed } = protect({
    ...{ protector: newParent, use: 'DUPLICATE', name, random },
    plain: encryptCfb(innerKey, Buffer.concat([sized(integrity), sensitive])),
  });
  return { duplicate: sized(blob), encryptedSeed };
}
