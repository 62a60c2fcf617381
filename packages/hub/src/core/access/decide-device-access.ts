import { type DeviceIdentity, HubError, identityKey, type SasToken } from '@viaduct/contracts';
import type { AccessPolicy, RegistryEntry } from '../ports.ts';
import { AuthMethod } from '../record/record.ts';
import { coversResource, resourceHost } from './resource-scope.ts';
import { signatureMatches } from './sas-signature.ts';

export type DeviceCredential =
  | { readonly kind: 'sas'; readonly token: SasToken }
  | { readonly kind: 'certificate'; readonly certificate: ClientCertificate }
  | { readonly kind: 'none' };

/** What the TLS handshake proved possession of. Thumbprints: hex, upper case, no colons. */
export interface ClientCertificate {
  readonly sha1: string;
  readonly sha256: string;
  readonly validFrom: number;
  readonly validTo: number;
}

export interface DeviceAccess {
  readonly authMethod: AuthMethod;
  /** When the credential runs out, ms since 1970; null for never while connected. */
  readonly expiresAt: number | null;
}

/**
 * Whether this device may come in with this credential, now. Pure: everything it weighs is an argument.
 *
 * @throws HubError with the reason, in words for the operator
 */
export function decideDeviceAccess(question: {
  readonly identity: DeviceIdentity;
  readonly credential: DeviceCredential;
  readonly entry: RegistryEntry | undefined;
  /** The policy that the token names, if it names one and it exists. */
  readonly policy: AccessPolicy | undefined;
  readonly hostNames: readonly string[];
  readonly now: number;
}): DeviceAccess {
  const { identity, credential, entry } = question;
  if (entry === undefined) throw notFound(identity);
  const access =
    credential.kind === 'sas'
      ? decideSas({ ...question, entry }, credential.token)
      : decideCertificate(entry, credential, question.now);
  if (entry.status === 'disabled') {
    throw new HubError(
      'device.disabled',
      `"${identityKey(identity)}" is disabled${entry.statusReason ? `: ${entry.statusReason}` : ''}`,
    );
  }
  return access;
}

type SasQuestion = Omit<Parameters<typeof decideDeviceAccess>[0], 'entry'> & { readonly entry: RegistryEntry };

function decideSas({ identity, entry, policy, hostNames, now }: SasQuestion, token: SasToken): DeviceAccess {
  requireUnexpired(token, now);
  const wanted = resourceOf(hostNames[0] ?? '', identity);
  if (!coversResource(token.resource, wanted, hostNames)) {
    throw new HubError('credential.wrongResource', wrongResourceText(token.resource, wanted, hostNames));
  }
  const authMethod = token.policy === undefined ? decideDeviceKey(entry, token) : decidePolicyKey(token, policy);
  return { authMethod, expiresAt: token.expiresAtSeconds * 1000 };
}

function decideDeviceKey(entry: RegistryEntry, token: SasToken): AuthMethod {
  if (entry.authentication.type !== 'sas') {
    throw new HubError(
      'credential.wrongType',
      `"${identityKey(entry)}" authenticates by ${entry.authentication.type}, not by symmetric key`,
    );
  }
  const { primaryKey, secondaryKey } = entry.authentication.symmetricKey;
  if (!signatureMatches(token, primaryKey) && !signatureMatches(token, secondaryKey)) {
    throw new HubError('credential.signatureMismatch', `the token is not signed with a key of "${identityKey(entry)}"`);
  }
  return AuthMethod.deviceKey;
}

function decidePolicyKey(token: SasToken, policy: AccessPolicy | undefined): AuthMethod {
  if (policy === undefined)
    throw new HubError('credential.unknownPolicy', `there is no shared access policy "${token.policy}"`);
  if (!signatureMatches(token, policy.primaryKey) && !signatureMatches(token, policy.secondaryKey)) {
    throw new HubError('credential.signatureMismatch', `the token is not signed with a key of policy "${policy.name}"`);
  }
  if (!policy.rights.has('DeviceConnect')) {
    throw new HubError('credential.insufficientRights', `policy "${policy.name}" does not grant DeviceConnect`);
  }
  return AuthMethod.policyKey;
}

function decideCertificate(
  entry: RegistryEntry,
  credential: Exclude<DeviceCredential, { kind: 'sas' }>,
  now: number,
): DeviceAccess {
  const { type, x509Thumbprint } = entry.authentication;
  if (credential.kind === 'none' || type === 'sas' || type === 'none') {
    throw new HubError(
      'credential.missing',
      `"${identityKey(entry)}" sent no ${type === 'sas' ? 'token' : 'client certificate'}`,
    );
  }
  if (type === 'certificateAuthority') {
    throw new HubError(
      'credential.wrongType',
      'certificates signed by an authority are not supported yet; register the thumbprint instead',
    );
  }
  const { certificate } = credential;
  const known = [x509Thumbprint.primaryThumbprint, x509Thumbprint.secondaryThumbprint];
  if (!known.includes(certificate.sha1) && !known.includes(certificate.sha256)) {
    throw new HubError(
      'credential.certificateMismatch',
      `the certificate with SHA-1 ${certificate.sha1} is not registered on "${identityKey(entry)}"`,
    );
  }
  if (now < certificate.validFrom)
    throw new HubError('credential.certificateMismatch', 'the certificate is not valid yet');
  if (now > certificate.validTo)
    throw new HubError('credential.expired', `the certificate expired ${ago(now - certificate.validTo)} ago`);
  return { authMethod: AuthMethod.x509Thumbprint, expiresAt: certificate.validTo };
}

/** @throws HubError credential.expired */
export function requireUnexpired(token: SasToken, now: number): void {
  const late = now - token.expiresAtSeconds * 1000;
  if (late >= 0) throw new HubError('credential.expired', `the token expired ${ago(late)} ago`);
}

export function wrongResourceText(granted: string, wanted: string, hostNames: readonly string[]): string {
  const host = resourceHost(granted);
  return hostNames.includes(host)
    ? `the token is for "${granted}", not for "${wanted}"`
    : `the token is for the host "${host}"; this hub answers to ${hostNames.slice(0, 8).join(', ')}`;
}

function resourceOf(hostName: string, { deviceId, moduleId }: DeviceIdentity): string {
  return moduleId === undefined
    ? `${hostName}/devices/${deviceId}`
    : `${hostName}/devices/${deviceId}/modules/${moduleId}`;
}

function notFound(identity: DeviceIdentity): HubError {
  return new HubError(
    identity.moduleId === undefined ? 'device.notFound' : 'module.notFound',
    `there is no "${identityKey(identity)}"`,
  );
}

/** A duration as people say it: `12 s`, `5 min`, `2 h`, `3 days`. */
function ago(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 7_200) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3_600)} h`;
  return `${Math.round(seconds / 86_400)} days`;
}
