import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../core/access/decide-device-access.ts';

/** The certificate a client proved possession of in its TLS handshake, if it sent one. The chain is not judged here. */
export function clientCertificateOf(socket: Duplex): ClientCertificate | undefined {
  const certificate = socket instanceof TLSSocket ? socket.getPeerX509Certificate() : undefined;
  if (certificate === undefined) return undefined;
  return {
    sha1: certificate.fingerprint.replaceAll(':', '').toUpperCase(),
    sha256: certificate.fingerprint256.replaceAll(':', '').toUpperCase(),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
  };
}
