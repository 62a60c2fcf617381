import { createHash } from 'node:crypto';
import type { Randomness } from '@viaduct/hub';
import { sized, uint16, uint32 } from './marshal.ts';
import { nameOf } from './storage-key.ts';
import { ObjectAttribute, TpmAlgorithm } from './tpm-algorithm.ts';

/** A key object as a TPM loads it, still in the clear. */
export interface IdentityKey {
  /** TPMT_PUBLIC. */
  readonly publicArea: Buffer;
  readonly name: Buffer;
  /** TPM2B_SENSITIVE: holds the key itself. */
  readonly sensitive: Buffer;
}

/**
 * It signs for whoever may speak to the TPM: clients have no password for it, so none must lock them out. It came from here and not from
 * the TPM, thus neither `sensitiveDataOrigin` nor fixed to it; yet it never leaves: to duplicate it, its policy would have to be met, and
 * an empty one cannot be.
 */
const ATTRIBUTES =
  ObjectAttribute.userWithAuth |
  ObjectAttribute.noDictionaryAttack |
  ObjectAttribute.encryptedDuplication |
  ObjectAttribute.sign;

const NONE = sized();

/**
 * The object with which a device signs its tokens: a keyed hash, HMAC-SHA256. `key`: 1 to 64 bytes; a longer one than a block of the hash
 * is refused by TPMs.
 *
 * Sources: TPM 2.0 Part 2 §12.2.4 (TPMT_PUBLIC), §12.3.4 (TPMT_SENSITIVE), §11.1.20 (HMAC scheme); Part 1 §27.5 (`unique` of a
 * symmetric object: the digest of an obfuscating seed and the key, so that a public area tells nothing of the key).
 */
export function makeIdentityKey(key: Buffer, random: Randomness): IdentityKey {
  const obfuscation = random.bytes(32);
  const unique = createHash('sha256').update(obfuscation).update(key).digest();
  const publicArea = Buffer.concat([
    uint16(TpmAlgorithm.keyedHash),
    uint16(TpmAlgorithm.sha256),
    uint32(ATTRIBUTES),
    NONE, // authPolicy
    uint16(TpmAlgorithm.hmac),
    uint16(TpmAlgorithm.sha256),
    sized(unique),
  ]);
  const sensitive = sized(
    uint16(TpmAlgorithm.keyedHash),
    NONE, // authValue
    sized(obfuscation),
    sized(key),
  );
  return { publicArea, name: nameOf(publicArea), sensitive };
}
