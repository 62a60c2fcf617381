/** Algorithm identifiers, as many as storage keys and identity keys are made of. Source: TPM 2.0 Part 2 §6.3, TPM_ALG_ID. */
export const TpmAlgorithm = {
  rsa: 0x0001,
  hmac: 0x0005,
  aes: 0x0006,
  keyedHash: 0x0008,
  sha256: 0x000b,
  null: 0x0010,
  ecc: 0x0023,
  cfb: 0x0043,
} as const;

/** What may be done with an object, and what never. Source: TPM 2.0 Part 2 §8.3, TPMA_OBJECT. */
export const ObjectAttribute = {
  /** Never leaves the TPM it was made in. */
  fixedTpm: 1 << 1,
  /** Never gets another parent. */
  fixedParent: 1 << 4,
  /** The TPM made the secret part itself. */
  sensitiveDataOrigin: 1 << 5,
  /** Its authorization value, a password, is enough to use it. */
  userWithAuth: 1 << 6,
  /** Wrong passwords do not count towards the lockout. */
  noDictionaryAttack: 1 << 10,
  /** Leaves a TPM only with both wrappings, inner and outer. */
  encryptedDuplication: 1 << 11,
  /** Works on structures of the TPM's own only. */
  restricted: 1 << 16,
  decrypt: 1 << 17,
  sign: 1 << 18,
} as const;
