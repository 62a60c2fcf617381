import type { ConnectionStay, Connectivity, ConnectivityDay } from '@viaduct/contracts';

/** What some days come to. */
export interface ConnectivitySum {
  /** Of the time that is known, 0 to 1; null when nothing is. */
  readonly share: number | null;
  readonly connects: number;
}

export function sumOf(days: readonly ConnectivityDay[]): ConnectivitySum {
  const [online, known, connects] = days.reduce(
    ([a, b, c], day) => [a + day.onlineSeconds, b + day.knownSeconds, c + day.connects],
    [0, 0, 0],
  );
  return { share: known === 0 ? null : online / known, connects };
}

/** All and nothing are said only of what is all and nothing. */
export function shareWords(share: number | null): string {
  if (share === null) return 'not known';
  const percent = share * 100;
  if (share < 1 && percent >= 99.95) return '>99.9 %';
  if (share > 0 && percent < 0.05) return '<0.1 %';
  return `${Number(percent.toFixed(1))} %`;
}

/** The table in a sentence. */
export function connectivityWords({ days }: Connectivity): string {
  const { share, connects } = sumOf(days);
  const of = days.length === 1 ? 'today' : `the last ${days.length} days`;
  const came = connects === 0 ? 'it did not connect anew' : connects === 1 ? '1 connection' : `${connects} connections`;
  if (share === null) return `Nothing is known of ${of}`;
  const isAll = days.every(({ knownSeconds, elapsedSeconds }) => knownSeconds >= elapsedSeconds - 1);
  return `Online ${shareWords(share)} of ${isAll ? of : `what is known of ${of}`}, ${came}`;
}

export interface ReasonCount {
  readonly code: string | null;
  readonly message: string;
  readonly advice: string | null;
  readonly count: number;
  readonly lastAt: string;
}

/** Why stays ended since a time, the most frequent first: those that end in the same way are one. Pure. */
export function reasonsOf(stays: readonly ConnectionStay[], sinceMs: number): readonly ReasonCount[] {
  const reasons = new Map<string | null, ReasonCount>();
  for (const { disconnectedAt, reason } of stays) {
    if (disconnectedAt === null || Date.parse(disconnectedAt) < sinceMs) continue;
    const code = reason?.code ?? null;
    const known = reasons.get(code);
    // Newest first: the words of the newest stand for all.
    reasons.set(code, {
      code,
      message: known?.message ?? reason?.message ?? 'It left in order',
      advice: known?.advice ?? reason?.advice ?? null,
      count: (known?.count ?? 0) + 1,
      lastAt: known?.lastAt ?? disconnectedAt,
    });
  }
  return [...reasons.values()].sort((a, b) => b.count - a.count);
}
