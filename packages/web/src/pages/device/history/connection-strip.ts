import type { ConnectionHistory } from '@viaduct/contracts';

/** A piece of the last day; `from` and `to` are fractions of the window, 0 to 1. */
interface StripPiece {
  readonly kind: 'connected' | 'unknown';
  readonly from: number;
  readonly to: number;
}

/** What a glance should tell. Times in ms. */
export interface StripSummary {
  readonly pieces: readonly StripPiece[];
  /** Of the time that is known. 0 to 1; null when nothing of the window is known. */
  readonly share: number | null;
  /** How often it left within the window. */
  readonly breaks: number;
}

/**
 * The stays of a window that ends now, as pieces of a strip: clipped to the window, in order of time. What was forgotten is
 * unknown, which is not the same as absent.
 */
export function connectionStrip(history: ConnectionHistory, nowMs: number, windowMs: number): StripSummary {
  const start = nowMs - windowMs;
  const place = (ms: number) => Math.min(1, Math.max(0, (ms - start) / windowMs));
  const knownFrom = history.knownSince === null ? 0 : place(Date.parse(history.knownSince));
  const pieces: StripPiece[] = knownFrom > 0 ? [{ kind: 'unknown', from: 0, to: knownFrom }] : [];
  let connected = 0;
  let breaks = 0;
  for (const { connectedAt, disconnectedAt } of history.stays.toReversed()) {
    const end = disconnectedAt === null ? nowMs : Date.parse(disconnectedAt);
    if (end < start) continue;
    const piece = { kind: 'connected', from: place(Date.parse(connectedAt)), to: place(end) } as const;
    pieces.push(piece);
    connected += piece.to - piece.from;
    if (disconnectedAt !== null) breaks += 1;
  }
  const known = 1 - knownFrom;
  return { pieces, share: known <= 0 ? null : Math.min(1, connected / known), breaks };
}

/** The strip in a sentence, for who cannot see it, and for who can. */
export function stripWords({ share, breaks }: StripSummary, windowWords: string): string {
  if (share === null) return `Nothing is known of the ${windowWords}`;
  if (share === 0) return `Not connected in the ${windowWords}`;
  const percent = share > 0.995 ? (share === 1 ? '100' : '>99') : share < 0.01 ? '<1' : String(Math.round(share * 100));
  const left = breaks === 0 ? 'never left' : breaks === 1 ? 'left once' : `left ${breaks} times`;
  return `Connected ${percent} % of the ${windowWords}, ${left}`;
}
