import type { HoldsSessions } from '../hub.ts';
import type { KeepsCertificates, KeepsRegistry } from '../ports.ts';
import { overtaken } from './add-certificate.ts';
import { closeAuthoritySessions } from './close-authority-sessions.ts';
import { getCertificate } from './get-certificate.ts';

/**
 * Forgets an authority. Whoever relied on it is disconnected and stays out.
 *
 * @throws HubError certificate.notFound, etag.mismatch, store.unavailable (retry)
 */
export async function removeCertificate(
  hub: KeepsCertificates & KeepsRegistry & HoldsSessions,
  name: string,
  ifMatch?: string,
): Promise<void> {
  const record = await getCertificate(hub, name, ifMatch);
  if (!(await hub.certificates.remove(name, record.etag))) throw overtaken();
  if (record.isVerified) await closeAuthoritySessions(hub, `the authority "${record.name}" was removed`);
}
