import assert from 'node:assert/strict';
import type { Randomness } from '@viaduct/hub';
import { duplicateKey } from './duplicate-key.ts';
import { makeIdentityKey } from './identity-key.ts';
import { makeCredential } from './make-credential.ts';
import { sized } from './marshal.ts';
import type { StorageKey } from './storage-key.ts';

/** A key longer than a block of SHA-256 would be hashed first; TPMs refuse it instead. */
const KEY_BYTES_MAX = 64;
/** What clients import with: AES-128. */
const INNER_KEY_BYTES = 16;

/**
 * Wraps an HMAC key so that one TPM can use it and nobody can read it: the challenge that a device proves itself with, and the key of its
 * hub afterwards. `key`: 1 to 64 bytes. No client tells the two apart: it activates what it gets, and signs with it.
 *
 *     TPM2B_ID_OBJECT, TPM2B_ENCRYPTED_SECRET   the inner key, for the endorsement key, bound to the storage root key's name
 *     TPM2B_PRIVATE, TPM2B_ENCRYPTED_SECRET     the HMAC key, wrapped with the inner key and for the storage root key
 *     TPM2B_PUBLIC                              of the HMAC key
 *     TPM2B_DATA                                empty; clients read and pass over it
 *
 * On the device: ActivateCredential gives the inner key, Import and Load the HMAC key. A TPM that lacks either storage key gets nowhere.
 *
 * Source: docs/protocol/provisioning.md, "TPM"
 */
export function wrapForTpm(request: {
  readonly endorsementKey: StorageKey;
  readonly storageRootKey: StorageKey;
  readonly key: Buffer;
  readonly random: Randomness;
}): Buffer {
  const { endorsementKey, storageRootKey, key, random } = request;
  assert(key.length > 0 && key.length <= KEY_BYTES_MAX, `a TPM takes no HMAC key of ${key.length} bytes`);
  const innerKey = random.bytes(INNER_KEY_BYTES);
  const credential = makeCredential({ endorsementKey, objectName: storageRootKey.name, secret: innerKey, random });
  const object = makeIdentityKey(key, random);
  const { duplicate, encryptedSeed } = duplicateKey({ newParent: storageRootKey, object, innerKey, random });
  return Buffer.concat([
    credential.idObject,
    credential.encryptedSecret,
    duplicate,
    encryptedSeed,
    sized(object.publicArea),
    sized(),
  ]);
}
