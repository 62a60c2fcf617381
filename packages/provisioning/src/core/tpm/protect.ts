import { constants, createCipheriv, createHmac, publicEncrypt } from 'node:crypto';
import type { Randomness } from '@viaduct/hub';
import { kdfa } from './kdfa.ts';
import { sized } from './marshal.ts';
import type { StorageKey } from './storage-key.ts';

/** For what a seed is sent to a storage key. Source: TPM 2.0 Part 1 annex B.10.3 and B.10.4 */
export type SeedUse = 'IDENTITY' | 'DUPLICATE';

export interface Protected {
  /** TPM2B_DIGEST of the integrity HMAC, and what was encrypted. */
  readonly blob: Buffer;
  /** TPM2B_ENCRYPTED_SECRET: the seed, which only the holder of the protector's private half can read. */
  readonly encryptedSeed: Buffer;
}

const NONE = Buffer.alloc(0);

/**
 * Encrypts for one storage key of one TPM, and binds it to the name of an object: the TPM opens it for that object and for no other. How a
 * credential and a duplicate are protected is the same, but for what the seed is labelled with.
 *
 *     seed   = 32 random bytes                    ─ OAEP(SHA-256, label ‖ 00) with the storage key ─►  encryptedSeed
 *     cipher = AES-128-CFB(KDFa(seed, "STORAGE", name, 128), iv 0, plain)
 *     blob   = TPM2B(HMAC-SHA256(KDFa(seed, "INTEGRITY", –, 256), cipher ‖ name)) ‖ cipher
 *
 * Source: TPM 2.0 Part 1 §23.3.2.3 (outer duplication wrapper), §24 (credential protection), annex B.4 (OAEP).
 */
export function protect(request: {
  readonly protector: StorageKey;
  readonly use: SeedUse;
  /** Of the object that it is bound to. */
  readonly name: Buffer;
  readonly plain: Buffer;
  readonly random: Randomness;
}): Protected {
  const { protector, use, name, plain, random } = request;
  const seed = random.bytes(32);
  const cipher = encryptCfb(kdfa(seed, 'STORAGE', name, 128), plain);
  const integrity = createHmac('sha256', kdfa(seed, 'INTEGRITY', NONE, 256))
    .update(cipher)
    .update(name)
    .digest();
  return {
    blob: Buffer.concat([sized(integrity), cipher]),
    encryptedSeed: sized(encryptSeed(protector, use, seed)),
  };
}

/** AES-128 in CFB mode from a vector of zeros: each key is used once. Source: TPM 2.0 Part 1 annex C */
export function encryptCfb(key: Buffer, plain: Buffer): Buffer {
  const cipher = createCipheriv('aes-128-cfb', key, Buffer.alloc(16));
  return Buffer.concat([cipher.update(plain), cipher.final()]);
}

function encryptSeed({ publicKey }: StorageKey, use: SeedUse, seed: Buffer): Buffer {
  return publicEncrypt(
    {
      key: publicKey,
      padding: constants.RSA_PKCS1_OAEP_PADDING,
      oaepHash: 'sha256',
      // The terminating zero is part of the label.
      oaepLabel: Buffer.from(`${use}\0`),
    },
    seed,
  );
}
