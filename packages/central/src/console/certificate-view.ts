import { X509Certificate } from 'node:crypto';
import type { CertificateView } from '@viaduct/contracts';

/** What a certificate says of itself, with its text. PEM, as it was checked when it was taken. */
export function certificateView(pem: string): CertificateView {
  const certificate = new X509Certificate(pem);
  return {
    subject: oneLine(certificate.subject),
    issuer: oneLine(certificate.issuer),
    thumbprint: certificate.fingerprint256.replaceAll(':', ''),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    pem,
  };
}

function oneLine(name: string): string {
  return name.split('\n').join(', ');
}
