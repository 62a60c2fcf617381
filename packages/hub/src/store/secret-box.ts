import assert from 'node:assert/strict';
import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { HubError } from '@viaduct/contracts';

/**
 * Seals secrets with AES-256-GCM before they reach the disk.
 *
 *     byte 0       format version, 1
 *     bytes 1-12   nonce, random
 *     bytes 13-28  authentication tag
 *     then         ciphertext
 *
 * Each secret is bound to where it lies (`place`): a sealed key copied into another row does not open. Random nonces are safe
 * for 2^32 secrets under one key (NIST SP 800-38D §8.3), far past LIMITS.DEVICES_MAX.
 */
export class SecretBox {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    assert.equal(key.length, KEY_BYTES, 'the encryption key has 32 bytes');
    this.#key = Buffer.from(key);
  }

  seal(secret: string, place: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(place, 'utf8'));
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return Buffer.concat([VERSION, nonce, cipher.getAuthTag(), sealed]);
  }

  /** @throws HubError store.unusable when the key is another one, or the bytes were changed or moved */
  open(sealed: Uint8Array, place: string): string {
    try {
      assert.equal(sealed[0], VERSION[0], 'a format this version does not know');
      const nonce = sealed.subarray(1, TAG_AT);
      const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: TAG_BYTES });
      decipher.setAAD(Buffer.from(place, 'utf8'));
      decipher.setAuthTag(sealed.subarray(TAG_AT, TEXT_AT));
      return Buffer.concat([decipher.update(sealed.subarray(TEXT_AT)), decipher.final()]).toString('utf8');
    } catch (cause) {
      throw new HubError('store.unusable', `the secret of ${place} cannot be opened with this encryption key`, {
        cause,
      });
    }
  }
}

const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;
const TAG_AT = 1 + NONCE_BYTES;
const TEXT_AT = TAG_AT + TAG_BYTES;
const VERSION = Buffer.of(1);
