import type { Refusal } from '@viaduct/contracts';

/** What the page says while somebody sits in front of a device that should connect. */
export type WatchState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | { readonly kind: 'disabled' }
  /** It was here, and left. */
  | { readonly kind: 'gone'; readonly at: string; readonly reason: string | null }
  | { readonly kind: 'connected' }
  /** Over HTTPS a device speaks without being connected. */
  | { readonly kind: 'receiving'; readonly messages: number; readonly connected: boolean };

export interface WatchFacts {
  readonly enabled: boolean;
  readonly connected: boolean;
  /** When `connected` last changed, if that is known. */
  readonly presenceAt: string | null;
  readonly presenceReason: string | null;
  readonly messages: number;
  /** A message came just now, and the device did not leave since. */
  readonly isHeard: boolean;
  /** Newest first. */
  readonly refusals: readonly Refusal[];
  /** A refusal before this is history, not the answer to what was just tried. ISO 8601. */
  readonly recentSince: string;
}

/** A connection says more than an old refusal; a refusal newer than the connection says more than that. */
export function watchState(facts: WatchFacts): WatchState {
  if (!facts.enabled) return { kind: 'disabled' };
  const { connected, messages } = facts;
  if (messages > 0 && (connected || facts.isHeard)) return { kind: 'receiving', messages, connected };
  if (connected) return { kind: 'connected' };
  const refusal = facts.refusals.find((candidate) => isNewer(candidate.at, facts.presenceAt, facts.recentSince));
  if (refusal !== undefined) return { kind: 'refused', refusal };
  if (facts.presenceAt !== null) return { kind: 'gone', at: facts.presenceAt, reason: facts.presenceReason };
  return { kind: 'waiting' };
}

function isNewer(at: string, presenceAt: string | null, recentSince: string): boolean {
  const time = Date.parse(at);
  return time >= Date.parse(recentSince) && (presenceAt === null || time > Date.parse(presenceAt));
}
