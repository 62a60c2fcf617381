import { HubError, parseSas, type SasToken } from '@viaduct/contracts';
import type { AccessPolicy, KeepsPolicies, KnowsItsNames, Right, TellsTime } from '../ports.ts';
import { requireUnexpired, wrongResourceText } from './decide-device-access.ts';
import { coversResource } from './resource-scope.ts';
import { signatureMatches } from './sas-signature.ts';

export interface ServiceClaim {
  /** `SharedAccessSignature …` with a policy name; undefined when none was sent. */
  readonly token: string | undefined;
  /** What is asked for, as a path: `{host}/devices/d1`, `{host}/messages/events`. */
  readonly resource: string;
  readonly right: Right;
}

export interface AuthorizedService {
  readonly policy: string;
  readonly expiresAtSeconds: number;
  /** What the token covers, decoded, without scheme. */
  readonly resource: string;
}

/**
 * Lets a back end in by a shared access policy.
 *
 * @throws HubError credential.*
 */
export async function authorizeService(
  hub: KeepsPolicies & KnowsItsNames & TellsTime,
  claim: ServiceClaim,
): Promise<AuthorizedService> {
  if (!claim.token) throw new HubError('credential.missing', 'no shared access signature was sent');
  const token = parseSas(claim.token);
  if (token.policy === undefined) {
    throw new HubError(
      'credential.insufficientRights',
      "a token signed with a device key opens only what is the device's own; use a shared access policy",
    );
  }
  const policy = await hub.policies.find(token.policy);
  decideServiceAccess(token, policy, claim, hub.hostNames, hub.clock.now());
  return { policy: token.policy, expiresAtSeconds: token.expiresAtSeconds, resource: token.resource };
}

/** Pure. @throws HubError credential.* */
export function decideServiceAccess(
  token: SasToken,
  policy: AccessPolicy | undefined,
  { resource, right }: Pick<ServiceClaim, 'resource' | 'right'>,
  hostNames: readonly string[],
  now: number,
): void {
  if (policy === undefined)
    throw new HubError('credential.unknownPolicy', `there is no shared access policy "${token.policy}"`);
  if (!signedBy(token, policy)) {
    throw new HubError('credential.signatureMismatch', `the token is not signed with a key of policy "${policy.name}"`);
  }
  requireUnexpired(token, now);
  if (!coversResource(token.resource, resource, hostNames)) {
    throw new HubError('credential.wrongResource', wrongResourceText(token.resource, resource, hostNames));
  }
  if (!policy.rights.has(right))
    throw new HubError('credential.insufficientRights', `policy "${policy.name}" does not grant ${right}`);
}

function signedBy(token: SasToken, { primaryKey, secondaryKey }: AccessPolicy): boolean {
  return [primaryKey, secondaryKey].some(
    (key) => signatureMatches(token, key, 'base64') || signatureMatches(token, key, 'utf8'),
  );
}
