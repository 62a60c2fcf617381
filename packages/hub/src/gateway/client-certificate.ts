import type { X509Certificate } from 'node:crypto';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';
import { LIMITS } from '@viaduct/contracts';
import type { ClientCertificate } from '../core/access/decide-device-access.ts';

/** One more than are followed, so that a chain which is too long is told from one whose end is unknown. */
const SENT_MAX = LIMITS.CERTIFICATE_CHAIN_DEPTH_MAX + 1;

/** HTTPS asks again with each request of a connection, and the handshake stays what it was. */
const known = new WeakMap<TLSSocket, ClientCertificate>();

/** The certificate a client proved possession of in its TLS handshake, if it sent one. The chain is not judged here. */
export function clientCertificateOf(socket: Duplex): ClientCertificate | undefined {
  if (!(socket instanceof TLSSocket)) return undefined;
  const before = known.get(socket);
  if (before !== undefined) return before;
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return undefined;
  const certificate = { leaf, intermediates: sentWith(leaf), isResumed: socket.isSessionReused() };
  known.set(socket, certificate);
  return certificate;
}

/** What the peer sent after its own, in its order: on the server's side Node hangs each on the one before. */
function sentWith(leaf: X509Certificate): readonly X509Certificate[] {
  const sent: X509Certificate[] = [];
  for (let one = leaf.issuerCertificate; one !== undefined && sent.length < SENT_MAX; one = one.issuerCertificate) {
    sent.push(one);
  }
  return sent;
}
