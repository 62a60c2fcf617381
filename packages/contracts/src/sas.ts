import { HubError } from './errors.ts';
import { LIMITS } from './limits.ts';

/**
 * A shared access signature, taken apart. Pure: the HMAC is made elsewhere.
 *
 *     SharedAccessSignature sr={resource}&sig={signature}&se={expiry}[&skn={policy}]     fields in any order
 *
 * What was signed is the resource *as it was written*, still encoded, a line feed, and the expiry as it was written:
 * SDKs disagree on upper and lower case escapes, so nothing is ever re-encoded.
 */
export interface SasToken {
  /** `sr`, decoded, without scheme and trailing slash: `hub/devices/d1`. */
  readonly resource: string;
  /** Exactly what the HMAC-SHA256 covers. */
  readonly signedText: string;
  /** `sig`, decoded: base64. */
  readonly signature: string;
  readonly expiresAtSeconds: number;
  /** `skn`; absent for a token signed with a device's own key. */
  readonly policy?: string;
}

const PREFIX = /^SharedAccessSignature\s+/i;

export function isSas(text: string): boolean {
  return PREFIX.test(text);
}

/** @throws HubError credential.malformed */
export function parseSas(text: string): SasToken {
  if (text.length > LIMITS.SAS_CHARACTERS_MAX) throw malformed(`longer than ${LIMITS.SAS_CHARACTERS_MAX} characters`);
  if (!PREFIX.test(text)) throw malformed('it does not begin with SharedAccessSignature');

  const fields = new Map<string, string>();
  for (const pair of text.replace(PREFIX, '').trim().split('&')) {
    const equals = pair.indexOf('=');
    if (equals > 0 && !fields.has(pair.slice(0, equals))) fields.set(pair.slice(0, equals), pair.slice(equals + 1));
  }
  const [sr, sig, se, skn] = [fields.get('sr'), fields.get('sig'), fields.get('se'), fields.get('skn')];
  if (!sr || !sig || !se) throw malformed('sr, sig and se are required');
  if (!/^\d{1,12}$/.test(se)) throw malformed('se is not a time in Unix seconds');

  const policy = skn === undefined ? '' : decode(skn);
  return {
    resource: decode(sr)
      .replace(/^[a-z]+:\/\//i, '')
      .replace(/\/+$/, ''),
    signedText: `${sr}\n${se}`,
    signature: decode(sig),
    expiresAtSeconds: Number(se),
    ...(policy === '' ? {} : { policy }),
  };
}

/** What to sign, and how to put the signature in: for whoever makes tokens. */
export function sasSignedText(resource: string, expiresAtSeconds: number): string {
  return `${encodeURIComponent(resource)}\n${expiresAtSeconds}`;
}

export function formatSas(resource: string, signature: string, expiresAtSeconds: number, policy?: string): string {
  const skn = policy === undefined ? '' : `&skn=${encodeURIComponent(policy)}`;
  return `SharedAccessSignature sr=${encodeURIComponent(resource)}&sig=${encodeURIComponent(signature)}&se=${expiresAtSeconds}${skn}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw malformed('a percent escape is broken', cause);
  }
}

function malformed(why: string, cause?: unknown): HubError {
  return new HubError('credential.malformed', `the shared access signature cannot be read: ${why}`, { cause });
}
