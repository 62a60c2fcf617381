import { HubError, LIMITS } from '@viaduct/contracts';

/** An API token, taken apart. */
export interface ApiTokenText {
  /** `sr`: the application's GUID. */
  readonly applicationId: string;
  /** `sig`: base64. */
  readonly signature: string;
  /** `skn`. */
  readonly tokenId: string;
  /** `se`, in ms. */
  readonly expiresTime: number;
}

/** A time in ms has more digits than one in seconds has for the next 3,000 years. */
const SECONDS_BELOW = 100_000_000_000;

/**
 * The form that Azure IoT Central documents. Unlike the hub's tokens it names an application and not an address, and `se` is in
 * milliseconds; seconds are understood too. Fields come in any order. Pure.
 *
 *     SharedAccessSignature sr={GUID}&sig={base64, encoded}&skn={token id}&se={ms}
 *
 * @throws HubError central.unauthenticated
 */
export function parseApiToken(text: string): ApiTokenText {
  const [, rest] = /^SharedAccessSignature\s+(.+)$/is.exec(text) ?? [];
  if (rest === undefined || text.length > LIMITS.SAS_CHARACTERS_MAX) throw malformed();
  const fields = new Map(rest.split('&').map((pair) => pair.split(/=(.*)/s, 2) as [string, string]));
  const [sr, sig, skn, se] = ['sr', 'sig', 'skn', 'se'].map((name) => decoded(fields.get(name)));
  if (!sr || !sig || !skn || !se || !/^\d{1,15}$/.test(se)) throw malformed();
  const time = Number(se);
  const expiresTime = time < SECONDS_BELOW ? time * 1_000 : time;
  return { applicationId: sr.toLowerCase(), signature: sig, tokenId: skn, expiresTime };
}

/** Pure; the opposite. */
export function formatApiToken({ applicationId, signature, tokenId, expiresTime }: ApiTokenText): string {
  return `SharedAccessSignature sr=${applicationId}&sig=${encodeURIComponent(signature)}&skn=${encodeURIComponent(tokenId)}&se=${expiresTime}`;
}

function decoded(text: string | undefined): string | undefined {
  try {
    return text === undefined ? undefined : decodeURIComponent(text);
  } catch {
    throw malformed();
  }
}

function malformed(): HubError {
  return new HubError(
    'central.unauthenticated',
    'the Authorization header has no API token: SharedAccessSignature sr=…&sig=…&skn=…&se=…',
  );
}
