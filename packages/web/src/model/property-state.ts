/**
 * Whether the device has taken over what was asked of it. A device acknowledges a writable property by reporting
 * `{ value, ac, av, ad }`: the value it uses, a status like HTTP's, the desired version it speaks of, and words.
 * Source: IoT Plug and Play conventions, "Writable properties".
 */
export type PropertyState =
  /** Nothing was asked. */
  | { readonly kind: 'none' }
  | { readonly kind: 'pending'; readonly reason: 'unanswered' | 'inProgress' }
  | { readonly kind: 'accepted'; readonly differs: boolean }
  | { readonly kind: 'error'; readonly status: number; readonly description: string | null };

export interface Acknowledgement {
  readonly value: unknown;
  readonly status: number;
  readonly version: number | null;
  readonly description: string | null;
}

/** The acknowledgement inside a reported value, or null for a plainly reported one. */
export function acknowledgementOf(reported: unknown): Acknowledgement | null {
  if (typeof reported !== 'object' || reported === null || !('ac' in reported) || !('value' in reported)) return null;
  const { value, ac, av, ad } = reported as { value: unknown; ac: unknown; av?: unknown; ad?: unknown };
  if (typeof ac !== 'number') return null;
  return {
    value,
    status: ac,
    version: typeof av === 'number' ? av : null,
    description: typeof ad === 'string' && ad !== '' ? ad : null,
  };
}

export interface PropertyFacts {
  readonly desired: unknown;
  readonly reported: unknown;
  readonly desiredAt: string | null;
  readonly reportedAt: string | null;
  /** `$version` of the whole desired section. */
  readonly desiredVersion: number;
}

export function propertyState(facts: PropertyFacts): PropertyState {
  const { desired, reported } = facts;
  if (desired === undefined || desired === null) return { kind: 'none' };
  const answer = acknowledgementOf(reported);
  if (answer === null) {
    const agrees = reported !== undefined && isSame(desired, reported);
    return agrees ? { kind: 'accepted', differs: false } : { kind: 'pending', reason: 'unanswered' };
  }
  if (!isAbout(answer, facts)) return { kind: 'pending', reason: 'unanswered' };
  if (answer.status >= 400) return { kind: 'error', status: answer.status, description: answer.description };
  if (answer.status === 202) return { kind: 'pending', reason: 'inProgress' };
  return { kind: 'accepted', differs: !isSame(desired, answer.value) };
}

/**
 * Whether the answer speaks of what is desired now. The version counts the whole section, so an older version may still
 * be right when another property changed since; then the times of the two values decide.
 */
function isAbout(answer: Acknowledgement, facts: PropertyFacts): boolean {
  if (answer.version === null || answer.version >= facts.desiredVersion) return true;
  if (facts.desiredAt === null || facts.reportedAt === null) return isSame(facts.desired, answer.value);
  return Date.parse(facts.reportedAt) >= Date.parse(facts.desiredAt);
}

/** Equal as JSON values; the order of keys does not matter. */
function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  const [left, right] = [Object.entries(a), Object.entries(b)];
  if (left.length !== right.length || Array.isArray(a) !== Array.isArray(b)) return false;
  return left.every(([key, value]) => isSame(value, (b as Record<string, unknown>)[key]));
}
