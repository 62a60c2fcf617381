export interface Validity {
  readonly text: string;
  readonly tone: 'good' | 'warn' | 'bad';
}

const DAY_MS = 86_400_000;
/** An authority's successor takes weeks to reach a fleet, so the warning comes earlier than for a device's certificate. */
const SOON_DAYS = 60;

/** How it stands with the time in which an authority is valid. Pure; times are ms since 1970. */
export function authorityValidity(validFrom: number, validTo: number, nowMs: number): Validity {
  const days = Math.floor((validTo - nowMs) / DAY_MS);
  if (validTo < nowMs) return { text: 'Expired', tone: 'bad' };
  if (validFrom > nowMs) return { text: 'Not valid yet', tone: 'bad' };
  if (days >= SOON_DAYS) return { text: 'Valid', tone: 'good' };
  return { text: days === 0 ? 'Expires today' : `Expires in ${days === 1 ? '1 day' : `${days} days`}`, tone: 'warn' };
}
