import type { X509Certificate } from 'node:crypto';
import { HubError, LIMITS } from '@viaduct/contracts';
import { agoText } from '../access/ago-text.ts';
import type { HoldsSessions } from '../hub.ts';
import type { CaCertificateRecord, KeepsCertificates, KeepsRegistry, MakesRandomness, TellsTime } from '../ports.ts';
import { newEtag } from '../registry/make-entry.ts';
import { closeAuthoritySessions } from './close-authority-sessions.ts';
import { getCertificate } from './get-certificate.ts';
import { readCertificate } from './read-certificate.ts';

export interface CertificateInput {
  /** 1 to 64 of A-Z a-z 0-9 - . _ */
  readonly name: string;
  /** PEM, base64 of PEM, or base64 of DER. */
  readonly certificate: string;
  /** True when the caller vouches for possessing the private key; else it is to be proved. */
  readonly isVerified?: boolean;
}

type AddsCertificates = KeepsCertificates & KeepsRegistry & HoldsSessions & TellsTime & MakesRandomness;

/**
 * Registers a certificate authority. Devices may rely on it once it is verified.
 *
 * With `ifMatch` the certificate of that name is replaced: it is to be verified again, and who relied on the old one reconnects.
 *
 * @throws HubError certificate.invalid, certificate.exists, certificate.tooMany, certificate.notFound, etag.mismatch,
 *   store.unavailable (retry)
 */
export async function addCertificate(
  hub: AddsCertificates,
  input: CertificateInput,
  ifMatch?: string,
): Promise<CaCertificateRecord> {
  const record = newRecord(hub, input);
  if (ifMatch !== undefined) return replaceCertificate(hub, record, ifMatch);
  const known = await hub.certificates.list();
  if (known.some(({ name }) => name.toLowerCase() === record.name.toLowerCase())) throw exists(record);
  if (known.length >= LIMITS.CA_CERTIFICATES_MAX) {
    throw new HubError('certificate.tooMany', `at most ${LIMITS.CA_CERTIFICATES_MAX} authorities are registered`);
  }
  if (!(await hub.certificates.insert(record))) throw exists(record);
  return record;
}

async function replaceCertificate(
  hub: AddsCertificates,
  record: CaCertificateRecord,
  ifMatch: string,
): Promise<CaCertificateRecord> {
  const before = await getCertificate(hub, record.name, ifMatch);
  const isSame = before.thumbprint === record.thumbprint && before.pem === record.pem;
  const after = {
    ...record,
    name: before.name,
    createdTime: before.createdTime,
    isVerified: record.isVerified || (isSame && before.isVerified),
  };
  if (!(await hub.certificates.replace(after, before.etag))) throw overtaken();
  if (before.isVerified && !(isSame && after.isVerified)) {
    await closeAuthoritySessions(hub, `the certificate of the authority "${before.name}" was replaced`);
  }
  return after;
}

function newRecord(hub: TellsTime & MakesRandomness, input: CertificateInput): CaCertificateRecord {
  const name = requireName(input.name);
  const certificate = readCertificate(input.certificate);
  const now = hub.clock.now();
  requireAuthority(certificate, now);
  return {
    name,
    pem: certificate.toString(),
    subject: certificate.subject.replaceAll('\n', ', '),
    thumbprint: certificate.fingerprint.replaceAll(':', ''),
    validFrom: Date.parse(certificate.validFrom),
    validTo: Date.parse(certificate.validTo),
    createdTime: now,
    updatedTime: now,
    isVerified: input.isVerified ?? false,
    verificationCode: null,
    etag: newEtag(hub),
  };
}

function requireName(name: string): string {
  const max = LIMITS.CA_CERTIFICATE_NAME_CHARACTERS_MAX;
  if (/^[A-Za-z0-9._-]+$/.test(name) && name.length <= max) return name;
  throw new HubError('certificate.invalid', `a name has 1 to ${max} characters of A-Z a-z 0-9 - . _`);
}

function requireAuthority(certificate: X509Certificate, now: number): void {
  if (!certificate.ca) {
    throw new HubError(
      'certificate.invalid',
      'this certificate is not one of an authority: its basic constraints do not say CA:true, or it may not sign certificates',
    );
  }
  const late = now - Date.parse(certificate.validTo);
  if (late > 0) throw new HubError('certificate.invalid', `this certificate expired ${agoText(late)} ago`);
}

function exists({ name }: CaCertificateRecord): HubError {
  return new HubError('certificate.exists', `there is a certificate "${name}" already`);
}

/** Somebody changed the certificate between reading and writing it. */
export function overtaken(): HubError {
  return new HubError('etag.mismatch', 'somebody changed it since you read it: the etag is another one');
}
