import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { HubError, LIMITS } from '@viaduct/contracts';
import { type DerValue, derValues, weakSignatureOf } from '@viaduct/hub';
import type { CertificateKeyType } from '../ports.ts';

/** What a device asks a certificate for. Nothing else of its request counts: extensions and other names are its wishes, not ours. */
export interface CertificateRequest {
  readonly commonName: string;
  readonly keyType: CertificateKeyType;
  readonly publicKey: KeyObject;
}

/**
 * Reads a PKCS #10 request and checks that it was signed with the key that it is for. Pure: text in (base64 of DER, or PEM), the
 * request out, or `csr.invalid`.
 *
 *     CertificationRequest ::= SEQUENCE { info, signatureAlgorithm, signature BIT STRING }
 *     info                 ::= SEQUENCE { version, subject, subjectPublicKeyInfo, attributes [0] }
 *
 * Keys and signatures are OpenSSL's business; here only the few values above are looked up.
 * Source: RFC 2986 §4.
 *
 * @throws HubError csr.invalid
 */
export function readCertificateRequest(text: string): CertificateRequest {
  const der = bytesOf(text);
  const { info, subject, publicKeyInfo, signature } = partsOf(der);
  const publicKey = publicKeyOf(der.subarray(subject.end, publicKeyInfo.end));
  const keyType = keyTypeOf(publicKey);
  requireOwnSignature(der, { signed: der.subarray(info.headerAt, info.end), signature, publicKey });
  return { commonName: commonNameOf(der, subject), keyType, publicKey };
}

const PEM =
  /^\s*-----BEGIN (?:NEW )?CERTIFICATE REQUEST-----([A-Za-z0-9+/=\s]*)-----END (?:NEW )?CERTIFICATE REQUEST-----\s*$/;

function bytesOf(text: string): Buffer {
  const max = LIMITS.CSR_CHARACTERS_MAX;
  if (text.length > max)
    throw invalid(`the certificate request has ${text.length} characters; at most ${max} are read`);
  if (text.includes('PRIVATE KEY-----')) {
    throw invalid('this is, or contains, a private key: it must stay on the device, only the request is needed');
  }
  const base64 = (PEM.exec(text)?.[1] ?? text).replace(/\s+/g, '');
  if (base64 === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) {
    throw invalid(
      'the certificate request is not base64 of DER: send it without armour, or as PEM of CERTIFICATE REQUEST',
    );
  }
  return Buffer.from(base64, 'base64');
}

const Tag = { integer: 0x02, bitString: 0x03, objectIdentifier: 0x06, sequence: 0x30, attributes: 0xa0 } as const;

interface Parts {
  readonly info: DerValue & { readonly headerAt: number };
  readonly subject: DerValue;
  readonly publicKeyInfo: DerValue;
  readonly signature: Buffer;
}

function partsOf(der: Buffer): Parts {
  const [request, ...trailing] = derValues(der, { start: 0, end: der.length });
  if (request?.tag !== Tag.sequence || request.end !== der.length || trailing.length > 0) throw unreadable();
  const [info, algorithm, bits, ...more] = derValues(der, request);
  if (info?.tag !== Tag.sequence || algorithm?.tag !== Tag.sequence || bits?.tag !== Tag.bitString) throw unreadable();
  const [version, subject, publicKeyInfo, attributes] = derValues(der, info);
  if (version?.tag !== Tag.integer || subject?.tag !== Tag.sequence || publicKeyInfo?.tag !== Tag.sequence) {
    throw unreadable();
  }
  // A certificate begins alike; its third value is a signature algorithm, and no fourth is attributes.
  if (attributes !== undefined && attributes.tag !== Tag.attributes) throw unreadable();
  const isWholeBits = der[bits.start] === 0 && bits.end > bits.start + 1;
  if (more.length > 0 || bits.end !== der.length || !isWholeBits) throw unreadable();
  return {
    info: { ...info, headerAt: request.start },
    subject,
    publicKeyInfo,
    signature: der.subarray(bits.start + 1, bits.end),
  };
}

function publicKeyOf(der: Buffer): KeyObject {
  try {
    return createPublicKey({ key: der, format: 'der', type: 'spki' });
  } catch (cause) {
    throw new HubError('csr.invalid', 'the public key of the certificate request cannot be read', { cause });
  }
}

const EC_CURVES: ReadonlyMap<string | undefined, CertificateKeyType> = new Map([
  ['prime256v1', 'EC-P256'],
  ['secp384r1', 'EC-P384'],
] as const);
const RSA_EXPONENT_MIN = 65_537n;

function keyTypeOf({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): CertificateKeyType {
  if (asymmetricKeyType === 'ec') {
    const curve = asymmetricKeyDetails?.namedCurve;
    const keyType = EC_CURVES.get(curve);
    if (keyType !== undefined) return keyType;
    throw invalid(`the key is on the curve ${curve ?? 'of its own parameters'}: P-256 and P-384 are signed`);
  }
  if (asymmetricKeyType !== 'rsa') throw invalid(`the key is of type ${asymmetricKeyType}: EC and RSA keys are signed`);
  const { modulusLength = 0, publicExponent = 0n } = asymmetricKeyDetails ?? {};
  if (modulusLength < 2048 || modulusLength > 4096) {
    throw invalid(`the RSA key has ${modulusLength} bits: keys of 2048 to 4096 bits are signed`);
  }
  if (publicExponent < RSA_EXPONENT_MIN) {
    throw invalid(`the RSA key has the exponent ${publicExponent}: ${RSA_EXPONENT_MIN} is the least that is signed`);
  }
  return modulusLength < 3072 ? 'RSA-2048' : modulusLength < 4096 ? 'RSA-3072' : 'RSA-4096';
}

/** Identifiers in hex. Source: RFC 5758 §3.2 (ECDSA), RFC 8017 appendix A.2.4 (RSA). */
const HASHES: ReadonlyMap<string, { readonly keys: 'ec' | 'rsa'; readonly hash: string }> = new Map([
  ['2a8648ce3d040302', { keys: 'ec', hash: 'sha256' }],
  ['2a8648ce3d040303', { keys: 'ec', hash: 'sha384' }],
  ['2a8648ce3d040304', { keys: 'ec', hash: 'sha512' }],
  ['2a864886f70d01010b', { keys: 'rsa', hash: 'sha256' }],
  ['2a864886f70d01010c', { keys: 'rsa', hash: 'sha384' }],
  ['2a864886f70d01010d', { keys: 'rsa', hash: 'sha512' }],
]);

function requireOwnSignature(
  der: Buffer,
  {
    signed,
    signature,
    publicKey,
  }: { readonly signed: Buffer; readonly signature: Buffer; readonly publicKey: KeyObject },
): void {
  const weak = weakSignatureOf(der);
  if (weak !== undefined)
    throw invalid(`the certificate request is signed with ${weak}, which can be forged: use SHA-256`);
  const algorithm = HASHES.get(signatureIdentifier(der));
  if (algorithm === undefined || algorithm.keys !== publicKey.asymmetricKeyType) {
    throw invalid(
      'the certificate request is signed by a method that is not known here: use SHA-256, 384 or 512 with its key',
    );
  }
  if (!isSigned(algorithm.hash, signed, publicKey, signature)) {
    throw invalid('the signature of the certificate request was not made with its key: part of it was changed');
  }
}

function signatureIdentifier(der: Buffer): string {
  const [request] = derValues(der, { start: 0, end: der.length });
  const algorithm = request && derValues(der, request)[1];
  const identifier = algorithm && derValues(der, algorithm)[0];
  return identifier?.tag !== Tag.objectIdentifier ? '' : der.toString('hex', identifier.start, identifier.end);
}

function isSigned(hash: string, signed: Buffer, publicKey: KeyObject, signature: Buffer): boolean {
  try {
    return verify(hash, signed, publicKey, signature);
  } catch {
    // OpenSSL says so when the bytes are no signature at all.
    return false;
  }
}

/** 2.5.4.3 */
const COMMON_NAME = '550403';
/** UTF8String, PrintableString, IA5String: all of them ASCII where a registration id is inside. */
const TEXT_TAGS: ReadonlySet<number> = new Set([0x0c, 0x13, 0x16]);

function commonNameOf(der: Buffer, subject: DerValue): string {
  const names: string[] = [];
  for (const set of derValues(der, subject)) {
    for (const pair of derValues(der, set)) {
      const [type, value] = derValues(der, pair);
      if (type?.tag !== Tag.objectIdentifier || der.toString('hex', type.start, type.end) !== COMMON_NAME) continue;
      if (value === undefined || !TEXT_TAGS.has(value.tag)) throw invalid('the common name of the request is no text');
      names.push(der.toString('utf8', value.start, value.end));
    }
  }
  const [only] = names;
  if (only === undefined) throw invalid('the certificate request has no common name: it must be the registration id');
  if (names.length > 1) throw invalid(`the certificate request has ${names.length} common names: it must have one`);
  return only;
}

function unreadable(): HubError {
  return invalid('this is no certificate request: PKCS #10 was expected, and part of it is missing or changed');
}

function invalid(message: string): HubError {
  return new HubError('csr.invalid', message);
}
