import type { NewAuthentication } from '@viaduct/contracts';

/** What a form about authentication holds: thumbprints are set once they are known to be some. */
export interface AuthenticationDraft {
  readonly type: NewAuthentication['type'];
  readonly primaryThumbprint: string | null;
  readonly secondaryThumbprint: string | null;
}

export const FIRST_DRAFT: AuthenticationDraft = { type: 'sas', primaryThumbprint: null, secondaryThumbprint: null };

/** What the server is told; null while something is missing. */
export function authenticationOf(draft: AuthenticationDraft): NewAuthentication | null {
  const { type, primaryThumbprint, secondaryThumbprint } = draft;
  if (type !== 'selfSigned') return { type };
  if (primaryThumbprint === null) return null;
  return { type, primaryThumbprint, ...(secondaryThumbprint === null ? {} : { secondaryThumbprint }) };
}
