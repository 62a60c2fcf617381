import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { type ErrorCode, HubError, LIMITS } from '@viaduct/contracts';
import { uint16 } from './marshal.ts';
import { ObjectAttribute, TpmAlgorithm } from './tpm-algorithm.ts';
import { type Refuse, TpmReader } from './tpm-reader.ts';

/**
 * The public half of a storage key: a key that a TPM made, keeps, and lets decrypt nothing but what is meant for a TPM. Two of a device
 * concern us: its endorsement key, which is its identity for life, and its storage root key, the parent of what it is given to keep.
 *
 *     TPM2B_PUBLIC   size                                             UINT16
 *     TPMT_PUBLIC    type = RSA, nameAlg = SHA-256                    UINT16 each
 *                    objectAttributes                                 UINT32
 *                    authPolicy                                       TPM2B_DIGEST: empty or 32 bytes
 *     TPMS_RSA_PARMS symmetric = AES, 128, CFB; scheme = NULL         UINT16 each
 *                    keyBits = 2048, exponent = 0 for 65537           UINT16, UINT32
 *     unique         modulus                                          TPM2B_PUBLIC_KEY_RSA: 256 bytes
 *
 * This is the one shape that TPM clients of IoT SDKs make (template L-1 of the EK profile, and the SRK like it). Keys on elliptic
 * curves, longer ones and other ciphers are refused by name: no client could use what would be wrapped for them.
 *
 * Sources: TPM 2.0 Part 2 §12.2.4 and §12.2.5; TCG EK Credential Profile for TPM 2.0, template L-1; Part 1 §16 (Name).
 */
export interface StorageKey {
  /** Marshalled TPM2B_PUBLIC. */
  readonly bytes: Buffer;
  /** Name: the algorithm and digest of the public area, 34 bytes. */
  readonly name: Buffer;
  readonly publicKey: KeyObject;
}

export type StorageKeyRole = 'endorsementKey' | 'storageRootKey';

const ROLES: Readonly<Record<StorageKeyRole, { readonly words: string; readonly code: ErrorCode }>> = {
  endorsementKey: { words: 'endorsement key', code: 'tpm.endorsementKeyInvalid' },
  storageRootKey: { words: 'storage root key', code: 'tpm.storageRootKeyInvalid' },
};

/** Base64, with or without its padding. */
const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;
const KEY_BITS = 2_048;
const EXPONENT = 65_537;
/** Without these a key may leave its TPM, or be made to decrypt anything: it would prove nothing. */
const REQUIRED = [
  ['fixedTPM', ObjectAttribute.fixedTpm],
  ['fixedParent', ObjectAttribute.fixedParent],
  ['sensitiveDataOrigin', ObjectAttribute.sensitiveDataOrigin],
  ['restricted', ObjectAttribute.restricted],
  ['decrypt', ObjectAttribute.decrypt],
] as const;

/** @throws HubError tpm.endorsementKeyInvalid or tpm.storageRootKeyInvalid, and what is wrong with it */
export function parseStorageKey(role: StorageKeyRole, text: string): StorageKey {
  const { length } = text;
  if (length > LIMITS.TPM_PUBLIC_CHARACTERS_MAX)
    throw refuseAs(role)(`it has ${length} characters; at most ${LIMITS.TPM_PUBLIC_CHARACTERS_MAX} are read`);
  if (!BASE64.test(text)) throw refuseAs(role)(length === 0 ? 'it is empty' : 'it is not base64');
  return readStorageKey(role, Buffer.from(text, 'base64'));
}

/** The same from bytes. @throws HubError tpm.endorsementKeyInvalid or tpm.storageRootKeyInvalid */
export function readStorageKey(role: StorageKeyRole, bytes: Buffer): StorageKey {
  const refuse = refuseAs(role);
  const outer = new TpmReader(bytes, refuse);
  const area = outer.sized('the public area');
  outer.end('the public area');
  return {
    bytes: Buffer.from(bytes),
    name: nameOf(area),
    publicKey: readPublicArea(area, refuse),
  };
}

/** What a TPM calls an object: changes with any bit of its public area. Source: TPM 2.0 Part 1 §16, equation "Name". */
export function nameOf(publicArea: Buffer): Buffer {
  return Buffer.concat([uint16(TpmAlgorithm.sha256), createHash('sha256').update(publicArea).digest()]);
}

function refuseAs(role: StorageKeyRole): Refuse {
  const { words, code } = ROLES[role];
  return (why) => new HubError(code, `the ${words} is no TPM2B_PUBLIC of an RSA-2048 storage key: ${why}`);
}

function readPublicArea(area: Buffer, refuse: Refuse): KeyObject {
  const reader = new TpmReader(area, refuse);
  const expect = (what: string, value: number, wanted: number) => {
    if (value !== wanted) throw refuse(`${what} is ${hex(value)}, not ${hex(wanted)}`);
  };
  const type = reader.uint16('its type');
  if (type === TpmAlgorithm.ecc) throw refuse('it is a key on an elliptic curve (type 0x0023)');
  expect('its type', type, TpmAlgorithm.rsa);
  expect('its name algorithm', reader.uint16('its name algorithm'), TpmAlgorithm.sha256);
  requireAttributes(reader.uint32('its attributes'), refuse);
  const policy = reader.sized('its policy').length;
  if (policy !== 0 && policy !== 32) throw refuse(`its policy has ${policy} bytes, not 0 or 32`);
  expect('its cipher', reader.uint16('its cipher'), TpmAlgorithm.aes);
  expect('the key length of its cipher', reader.uint16('the key length of its cipher'), 128);
  expect('the mode of its cipher', reader.uint16('the mode of its cipher'), TpmAlgorithm.cfb);
  expect('its scheme', reader.uint16('its scheme'), TpmAlgorithm.null);
  expect('its length in bits', reader.uint16('its length in bits'), KEY_BITS);
  const exponent = reader.uint32('its exponent');
  if (exponent !== 0) expect('its exponent', exponent, EXPONENT);
  const modulus = reader.sized('its modulus');
  reader.end('its modulus');
  return rsaKey(modulus, refuse);
}

function requireAttributes(attributes: number, refuse: Refuse): void {
  for (const [name, bit] of REQUIRED) {
    if ((attributes & bit) === 0) throw refuse(`its attributes ${hex(attributes)} lack ${name}`);
  }
  if ((attributes & ObjectAttribute.sign) !== 0) throw refuse('it signs; a storage key must only decrypt');
}

function rsaKey(modulus: Buffer, refuse: Refuse): KeyObject {
  const { length } = modulus;
  if (length !== KEY_BITS / 8) throw refuse(`its modulus has ${length} bytes, not ${KEY_BITS / 8}`);
  if (modulus.readUInt8(0) < 0x80) throw refuse(`its modulus is shorter than ${KEY_BITS} bits`);
  // A product of two large primes is odd; OpenSSL fails on another only once something is encrypted.
  if (modulus.readUInt8(length - 1) % 2 === 0) throw refuse('its modulus is even');
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' };
  return createPublicKey({ format: 'jwk', key: jwk });
}

function hex(value: number): string {
  return `0x${value.toString(16).padStart(4, '0')}`;
}
