import assert from 'node:assert/strict';
import type { MakesRandomness } from '@viaduct/hub';
import type { Proof } from '../ports.ts';
import { parseStorageKey } from '../tpm/storage-key.ts';
import { wrapForTpm } from '../tpm/wrap-for-tpm.ts';

/** The hub's key as only the device's TPM can use it, base64; null for a device that has none. */
export function wrapTpmKey({ random }: MakesRandomness, proof: Proof, key: Buffer | null): string | null {
  if (proof.kind !== 'tpm' || key === null) return null;
  assert(proof.storageRootKey !== null, 'who names none does not register');
  const endorsementKey = parseStorageKey('endorsementKey', proof.endorsementKey);
  const storageRootKey = parseStorageKey('storageRootKey', proof.storageRootKey);
  return wrapForTpm({ endorsementKey, storageRootKey, key, random }).toString('base64');
}
