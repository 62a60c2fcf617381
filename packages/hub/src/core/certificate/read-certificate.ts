import { X509Certificate } from 'node:crypto';
import { HubError, LIMITS } from '@viaduct/contracts';

const PEM = /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]+)-----END CERTIFICATE-----/g;

/**
 * One certificate as people and tools send it: PEM, base64 of PEM, or base64 of DER. Pure. PEM may be in one line: SDKs write it so.
 *
 * A private key that was pasted along is refused, not skipped: whoever sent it should know that it has left its place.
 *
 * @throws HubError certificate.invalid
 */
export function readCertificate(text: string): X509Certificate {
  if (text.length > LIMITS.PEM_CHARACTERS_MAX) {
    throw invalid(`the certificate has more than ${LIMITS.PEM_CHARACTERS_MAX} characters`);
  }
  const decoded = text.includes('-----BEGIN') ? text : decodeBase64(text);
  const isPem = typeof decoded === 'string';
  if (isPem && /PRIVATE KEY-----/.test(decoded)) {
    throw invalid('this is, or contains, a private key: keep it where it is, only the certificate is needed');
  }
  const blocks = isPem ? [...decoded.matchAll(PEM)].map(([, base64 = '']) => Buffer.from(base64, 'base64')) : [decoded];
  if (blocks.length > 1) throw invalid(`these are ${blocks.length} certificates: add each under a name of its own`);
  const [only] = blocks;
  if (only === undefined) throw invalid('this is no certificate: PEM begins with -----BEGIN CERTIFICATE-----');
  return parse(only);
}

/** Text when PEM was inside, else the bytes. */
function decodeBase64(text: string): string | Buffer {
  const bare = text.replace(/\s+/g, '');
  if (bare === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(bare)) {
    throw invalid('this is no certificate: neither PEM (-----BEGIN CERTIFICATE-----) nor base64');
  }
  const bytes = Buffer.from(bare, 'base64');
  const inner = bytes.toString('latin1');
  return inner.includes('-----BEGIN') ? inner : bytes;
}

function parse(certificate: Buffer): X509Certificate {
  try {
    return new X509Certificate(certificate);
  } catch (cause) {
    throw new HubError('certificate.invalid', 'the certificate cannot be read: part of it is missing or changed', {
      cause,
    });
  }
}

function invalid(message: string): HubError {
  return new HubError('certificate.invalid', message);
}
