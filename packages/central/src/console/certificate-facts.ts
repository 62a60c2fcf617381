import { X509Certificate } from 'node:crypto';
import { type CertificateFacts, HubError } from '@viaduct/contracts';

/** What a pasted certificate says of itself. A private key that was pasted along is not looked at, but refused. */
export function readCertificateFacts(pem: string): CertificateFacts {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) {
    throw new HubError(
      'argument.invalid',
      'this is, or contains, a private key: it belongs on the device and nowhere else',
    );
  }
  const certificate = parse(pem);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    commonName: /^CN=(.+)$/m.exec(certificate.subject)?.[1] ?? null,
    sha256: withoutColons(certificate.fingerprint256),
    sha1: withoutColons(certificate.fingerprint),
    validFrom: new Date(certificate.validFrom).toISOString(),
    validTo: new Date(certificate.validTo).toISOString(),
    isAuthority: certificate.ca,
  };
}

/** Of a chain, the first: it is the device's own. */
function parse(pem: string): X509Certificate {
  const first = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/.exec(pem)?.[0];
  if (first === undefined) {
    throw new HubError(
      'argument.invalid',
      'this is no certificate in PEM form: it begins with -----BEGIN CERTIFICATE-----',
    );
  }
  try {
    return new X509Certificate(first);
  } catch (cause) {
    throw new HubError('argument.invalid', 'the certificate cannot be read: part of it is missing or changed', {
      cause,
    });
  }
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}

function withoutColons(hex: string): string {
  return hex.replaceAll(':', '');
}
