import { isoTime, type JsonObject } from '@viaduct/hub';
import type { CertificateFacts } from '../ports.ts';

/** X509CertificateInfo; thumbprints and serial number in upper-case hex. Pure. */
export function certificateDocument(facts: CertificateFacts): JsonObject {
  const { subjectName, sha1Thumbprint, sha256Thumbprint, issuerName, serialNumber, version } = facts;
  return {
    ...{ subjectName, sha1Thumbprint, sha256Thumbprint, issuerName },
    notBeforeUtc: isoTime(facts.notBefore),
    notAfterUtc: isoTime(facts.notAfter),
    ...{ serialNumber, version },
  };
}
