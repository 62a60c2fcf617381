import { X509Certificate } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import type { ClientCertificate } from '../access/decide-device-access.ts';
import type { CaCertificateRecord, CertificateStore } from '../ports.ts';
import type { Authority } from './certificate-path.ts';

/**
 * The registered authorities, parsed, and the certificates that were seen between them and devices.
 *
 * A TLS session that is resumed by ticket brings the device's own certificate, out of the ticket, and none of the
 * intermediates it once sent. So what full handshakes showed is kept. That costs no trust: each signature is checked again
 * every time. Nor must it outlive the process: the keys of tickets do not either, and the first connection after a
 * restart is a full handshake.
 *
 * Two memories, both bounded, the least lately used goes first. Intermediates that led to an authority are kept for all
 * devices alike; outsiders cannot push them out, for only a registered device gets one in. A chain that led nowhere is kept for its
 * device alone: it may be all there is to go by once the operator has registered the missing authority.
 */
export class AuthorityBook {
  readonly #certificates: CertificateStore;
  readonly #parsed = new WeakMap<CaCertificateRecord, X509Certificate>();
  readonly #trusted = new LeastLatelyUsed<X509Certificate>(LIMITS.INTERMEDIATES_REMEMBERED_MAX);
  readonly #presented = new LeastLatelyUsed<readonly Buffer[]>(LIMITS.CHAINS_REMEMBERED_MAX);

  constructor(certificates: CertificateStore) {
    this.#certificates = certificates;
  }

  async authorities(): Promise<readonly Authority[]> {
    const records = await this.#certificates.list();
    return records.map((record) => ({
      name: record.name,
      isVerified: record.isVerified,
      certificate: this.#parse(record),
    }));
  }

  /** The store answers with the same record until it changes, so a certificate is parsed once. */
  #parse(record: CaCertificateRecord): X509Certificate {
    const known = this.#parsed.get(record);
    if (known !== undefined) return known;
    const certificate = new X509Certificate(record.pem);
    this.#parsed.set(record, certificate);
    return certificate;
  }

  /** The same certificate with everything that is known to lie above it. */
  completed(certificate: ClientCertificate): ClientCertificate {
    const sent = certificate.intermediates;
    const size = sent.reduce((sum, { raw }) => sum + raw.length, 0);
    const key = certificate.leaf.fingerprint256;
    if (sent.length > 0 && size <= LIMITS.CHAIN_REMEMBERED_BYTES_MAX) {
      this.#presented.set(
        key,
        sent.map(({ raw }) => raw),
      );
    }
    const presented = sent.length > 0 ? [] : (this.#presented.get(key) ?? []).map((raw) => new X509Certificate(raw));
    return { ...certificate, intermediates: [...sent, ...presented, ...this.#trusted.values()] };
  }

  /** These led from a device to an authority. */
  remember(intermediates: readonly X509Certificate[]): void {
    for (const certificate of intermediates) this.#trusted.set(certificate.fingerprint256, certificate);
  }
}

class LeastLatelyUsed<Value> {
  readonly #values = new Map<string, Value>();
  readonly #max: number;

  constructor(max: number) {
    this.#max = max;
  }

  get(key: string): Value | undefined {
    const value = this.#values.get(key);
    if (value !== undefined) this.set(key, value);
    return value;
  }

  set(key: string, value: Value): void {
    this.#values.delete(key);
    this.#values.set(key, value);
    if (this.#values.size <= this.#max) return;
    const [oldest] = this.#values.keys();
    if (oldest !== undefined) this.#values.delete(oldest);
  }

  values(): Iterable<Value> {
    return this.#values.values();
  }
}
