import type { X509Certificate } from 'node:crypto';
import { type DeviceIdentity, HubError, identityKey, type SasToken } from '@viaduct/contracts';
import { type Authority, findCertificatePath, requireValidNow } from '../certificate/certificate-path.ts';
import type { AccessPolicy, RegistryEntry } from '../ports.ts';
import { AuthMethod } from '../record/record.ts';
import { agoText } from './ago-text.ts';
import { coversResource, resourceHost } from './resource-scope.ts';
import { signatureMatches } from './sas-signature.ts';

export type DeviceCredential =
  | { readonly kind: 'sas'; readonly token: SasToken }
  | { readonly kind: 'certificate'; readonly certificate: ClientCertificate }
  | { readonly kind: 'none' };

/** What the TLS handshake proved possession of. */
export interface ClientCertificate {
  readonly leaf: X509Certificate;
  /** What came with it, in the order sent; nothing when the TLS session was resumed. */
  readonly intermediates: readonly X509Certificate[];
  readonly isResumed: boolean;
}

export interface DeviceAccess {
  readonly authMethod: AuthMethod;
  /** When the credential runs out, ms since 1970; null for never while connected. */
  readonly expiresAt: number | null;
  /** The certificates between the device's and the authority's, when one vouched for it. */
  readonly intermediates?: readonly X509Certificate[];
  /** SHA-256 fingerprint of the authority that vouched for it, when one did. */
  readonly authority?: string;
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
  /** The device that a module is of: while it is disabled, its modules stay out too. */
  readonly device?: RegistryEntry | undefined;
  /** The policy that the token names, if it names one and it exists. */
  readonly policy: AccessPolicy | undefined;
  /** The registered authorities, verified or not; only looked at when the identity relies on one. */
  readonly authorities: readonly Authority[];
  readonly hostNames: readonly string[];
  readonly now: number;
}): DeviceAccess {
  const { identity, credential, entry } = question;
  if (entry === undefined) throw notFound(identity);
  const access =
    credential.kind === 'sas'
      ? decideSas({ ...question, entry }, credential.token)
      : decideCertificate({ ...question, entry }, credential);
  for (const one of [entry, question.device]) if (one?.status === 'disabled') throw disabled(one);
  return access;
}

function disabled(entry: RegistryEntry): HubError {
  const why = entry.statusReason ? `: ${entry.statusReason}` : '';
  return new HubError('device.disabled', `"${identityKey(entry)}" is disabled${why}`);
}

type KnownQuestion = Omit<Parameters<typeof decideDeviceAccess>[0], 'entry'> & { readonly entry: RegistryEntry };

function decideSas({ identity, entry, policy, hostNames, now }: KnownQuestion, token: SasToken): DeviceAccess {
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
  question: KnownQuestion,
  credential: Exclude<DeviceCredential, { kind: 'sas' }>,
): DeviceAccess {
  const { entry } = question;
  const { type } = entry.authentication;
  if (credential.kind === 'none' || type === 'sas' || type === 'none') {
    throw new HubError(
      'credential.missing',
      `"${identityKey(entry)}" sent no ${type === 'sas' ? 'token' : 'client certificate'}`,
    );
  }
  return type === 'selfSigned'
    ? decideThumbprint(question, credential.certificate)
    : decideAuthority(question, credential.certificate);
}

function decideThumbprint({ entry, now }: KnownQuestion, { leaf }: ClientCertificate): DeviceAccess {
  const { primaryThumbprint, secondaryThumbprint } = entry.authentication.x509Thumbprint;
  const known = [primaryThumbprint, secondaryThumbprint];
  const sha1 = bareHex(leaf.fingerprint);
  if (!known.includes(sha1) && !known.includes(bareHex(leaf.fingerprint256))) {
    throw new HubError(
      'credential.certificateMismatch',
      `the certificate with SHA-1 ${sha1} is not registered on "${identityKey(entry)}"`,
    );
  }
  requireValidNow(leaf, 'the certificate', now);
  return { authMethod: AuthMethod.x509Thumbprint, expiresAt: Date.parse(leaf.validTo) };
}

/** Trust first, then the name: who has no certificate of ours learns nothing about which names there are. */
function decideAuthority(question: KnownQuestion, { leaf, intermediates, isResumed }: ClientCertificate): DeviceAccess {
  const { entry, authorities, now } = question;
  const path = findCertificatePath({ leaf, intermediates, authorities, isResumed, now });
  const commonName: unknown = leaf.toLegacyObject().subject?.CN;
  const wanted = entry.moduleId === undefined ? entry.deviceId : `${entry.deviceId}/${entry.moduleId}`;
  // Two common names come as a list, and fit nothing: which of them was meant is not ours to guess.
  if (commonName !== wanted) {
    throw new HubError(
      'credential.certificateName',
      `the common name of the certificate is "${String(commonName ?? '').slice(0, 260)}", not "${wanted}"`,
    );
  }
  return {
    authMethod: AuthMethod.x509Authority,
    expiresAt: path.validTo,
    intermediates: path.intermediates,
    authority: path.authority.certificate.fingerprint256,
  };
}

/** As thumbprints are registered: upper case, no colons. */
function bareHex(fingerprint: string): string {
  return fingerprint.replaceAll(':', '').toUpperCase();
}

/** @throws HubError credential.expired */
export function requireUnexpired(token: SasToken, now: number): void {
  const late = now - token.expiresAtSeconds * 1000;
  if (late >= 0) throw new HubError('credential.expired', `the token expired ${agoText(late)} ago`);
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
