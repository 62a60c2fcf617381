import { HubError } from '@viaduct/contracts';
import type { CaCertificateRecord, KeepsCertificates } from '../ports.ts';
import { requireMatch } from '../registry/if-match.ts';

/** The registered authorities, verified or not, in order of name. */
export function listCertificates(hub: KeepsCertificates): Promise<readonly CaCertificateRecord[]> {
  return hub.certificates.list();
}

/** @throws HubError certificate.notFound; etag.mismatch when it is not as the caller knows it */
export async function getCertificate(
  hub: KeepsCertificates,
  name: string,
  ifMatch?: string,
): Promise<CaCertificateRecord> {
  const record = await hub.certificates.find(name);
  if (record === undefined) {
    throw new HubError('certificate.notFound', `there is no certificate "${name.slice(0, 120)}"`);
  }
  requireMatch(record.etag, ifMatch);
  return record;
}
