import { createPrivateKey, X509Certificate } from 'node:crypto';
import { LIMITS } from '@viaduct/contracts';
import type { ConfigurationFields } from './configuration-fields.ts';

/**
 * Whom to trust when a broker shows its certificate, and which to show it. All PEM.
 * Without `ca` it is the authorities that Node brings. The server's name is always checked: there is no switch for that.
 */
export interface TrustFields {
  readonly ca?: string;
  readonly certificate?: string;
  readonly privateKey?: string;
}

const PEM = { max: LIMITS.PEM_CHARACTERS_MAX };

/** @throws HubError argument.invalid */
export function readTrustFields(fields: ConfigurationFields): TrustFields {
  const ca = fields.optionalText('ca', PEM);
  const certificate = fields.optionalText('certificate', PEM);
  const privateKey = fields.optionalText('privateKey', PEM);
  if (ca !== undefined && !isCertificate(ca)) throw fields.refuse('ca', 'must be a certificate in PEM');
  if (certificate !== undefined && !isCertificate(certificate))
    throw fields.refuse('certificate', 'must be a certificate in PEM');
  if (privateKey !== undefined && !isPrivateKey(privateKey))
    throw fields.refuse('privateKey', 'must be a private key in PEM without a passphrase');
  if ((certificate === undefined) !== (privateKey === undefined))
    throw fields.refuse(
      certificate === undefined ? 'certificate' : 'privateKey',
      'is missing: the two belong together',
    );
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined || privateKey === undefined ? {} : { certificate, privateKey }),
  };
}

/** @throws HubError argument.invalid when something is said of TLS and there is none */
export function requireTlsFor(fields: ConfigurationFields, trust: TrustFields, tls: boolean, how: string): void {
  const [named] = Object.keys(trust);
  if (!tls && named !== undefined) throw fields.refuse(named, `needs TLS: ${how}`);
}

/** As `tls.connect` takes it. */
export function tlsOptions({ ca, certificate, privateKey }: TrustFields) {
  return {
    rejectUnauthorized: true,
    ...(ca === undefined ? {} : { ca }),
    ...(certificate === undefined ? {} : { cert: certificate, key: privateKey }),
  };
}

function isCertificate(pem: string): boolean {
  try {
    new X509Certificate(pem);
    return true;
  } catch {
    // What is wrong inside does not help who pasted the wrong file.
    return false;
  }
}

function isPrivateKey(pem: string): boolean {
  try {
    createPrivateKey(pem);
    return true;
  } catch {
    // Node's words may quote what it was given, which is a secret.
    return false;
  }
}
