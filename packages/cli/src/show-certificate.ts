import type { CaCertificate } from './certificates.ts';
import { facts, table } from './output.ts';

export function certificateFacts({ name, properties }: CaCertificate): string {
  return facts([
    ['name', name],
    ['subject', properties.subject],
    ['SHA-1', properties.thumbprint],
    ['valid until', isoDate(properties.expiry)],
    ['verified', properties.isVerified ? 'yes' : 'no: devices cannot rely on it yet'],
    ['verification code', properties.verificationCode],
  ]);
}

export function certificateTable(certificates: readonly CaCertificate[]): string {
  if (certificates.length === 0)
    return 'No certificate authorities yet. `viaduct certificate add NAME FILE` registers one.\n';
  const rows = certificates.map(({ name, properties }) => [
    name,
    properties.isVerified ? 'yes' : 'no',
    isoDate(properties.expiry),
    properties.subject,
  ]);
  return table(['NAME', 'VERIFIED', 'VALID UNTIL', 'SUBJECT'], rows);
}

/** The API sends HTTP dates; people compare these. */
function isoDate(httpDate: string): string {
  return new Date(httpDate).toISOString();
}
