import type { X509Certificate } from 'node:crypto';
import type { CertificateFacts } from '../ports.ts';

const CONTEXT_0 = 0xa0;

/** What is told and kept of a certificate. Pure. */
export function certificateFacts(certificate: X509Certificate): CertificateFacts {
  return {
    subjectName: oneLine(certificate.subject),
    issuerName: oneLine(certificate.issuer),
    sha1Thumbprint: bareHex(certificate.fingerprint),
    sha256Thumbprint: bareHex(certificate.fingerprint256),
    serialNumber: certificate.serialNumber,
    version: versionOf(certificate.raw),
    notBefore: Date.parse(certificate.validFrom),
    notAfter: Date.parse(certificate.validTo),
  };
}

/** Node puts each part of a name on a line of its own. */
function oneLine(name: string | undefined): string {
  return (name ?? '').replaceAll('\n', ', ').slice(0, NAME_CHARACTERS_MAX);
}

const NAME_CHARACTERS_MAX = 512;

/** As thumbprints are registered: upper case, no colons. */
export function bareHex(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toUpperCase();
}

/** Absent means 1, and is counted from 0. Source: RFC 5280 §4.1.2.1. */
function versionOf(der: Buffer): number {
  const inner = afterHeader(der, afterHeader(der, 0));
  return der[inner] === CONTEXT_0 ? (der[inner + 4] ?? 0) + 1 : 1;
}

function afterHeader(der: Buffer, at: number): number {
  const length = der[at + 1] ?? 0;
  return at + 2 + (length < 0x80 ? 0 : length & 0x7f);
}
