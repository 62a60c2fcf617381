import { derValues } from './der.ts';

/**
 * The name of a signature algorithm that no longer proves anything, because two certificates with one signature can be made;
 * undefined for any other. OpenSSL checks such signatures like all others. Pure.
 *
 * Source: RFC 5280 §4.1.1.2 (place), RFC 3279 §2.2 (identifiers), NIST SP 800-131A (SHA-1 is disallowed for signatures).
 */
export function weakSignatureOf(der: Buffer): string | undefined {
  const [certificate] = derValues(der, { start: 0, end: der.length });
  const algorithm = certificate && derValues(der, certificate)[1];
  const identifier = algorithm && derValues(der, algorithm)[0];
  return identifier && WEAK.get(der.toString('hex', identifier.start, identifier.end));
}

const WEAK: ReadonlyMap<string, string> = new Map([
  ['2a864886f70d010102', 'MD2 with RSA'],
  ['2a864886f70d010104', 'MD5 with RSA'],
  ['2a864886f70d010105', 'SHA-1 with RSA'],
  ['2b0e03021d', 'SHA-1 with RSA'],
  ['2a8648ce380403', 'SHA-1 with DSA'],
  ['2a8648ce3d0401', 'SHA-1 with ECDSA'],
]);
