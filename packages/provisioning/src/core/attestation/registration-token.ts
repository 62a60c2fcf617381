import { HubError, type SasToken } from '@viaduct/contracts';
import { requireUnexpired } from '@viaduct/hub';

/** What clients write into `skn`; some leave it empty, or away. */
const KEY_NAME = 'registration';

/**
 * Whether a token is one for this registration, whoever signed it. Pure.
 *
 * Its resource is `{idScope}/registrations/{registrationId}` without regard to case; clients escape it once, twice or not at all.
 *
 * @throws HubError credential.expired, credential.unknownPolicy, credential.wrongResource
 */
export function requireRegistrationToken(
  token: SasToken,
  { idScope, registrationId, now }: { readonly idScope: string; readonly registrationId: string; readonly now: number },
): void {
  requireUnexpired(token, now);
  if (token.policy !== undefined && token.policy.toLowerCase() !== KEY_NAME) {
    throw new HubError('credential.unknownPolicy', `the token names the key "${token.policy}", not "${KEY_NAME}"`);
  }
  const wanted = `${idScope}/registrations/${registrationId}`;
  if (unescaped(token.resource).toLowerCase() !== wanted.toLowerCase()) {
    throw new HubError('credential.wrongResource', `the token is for "${token.resource}", not for "${wanted}"`);
  }
}

/** Once was done by the parser. */
function unescaped(resource: string): string {
  try {
    return decodeURIComponent(resource);
  } catch {
    // Not an escape after all; as a literal it fits nothing.
    return resource;
  }
}
