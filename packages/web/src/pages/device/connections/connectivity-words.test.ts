import type { ConnectionStay, ConnectivityDay } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { connectivityWords, reasonsOf, shareWords } from './connectivity-words.ts';

const day = (onlineSeconds: number, knownSeconds: number, connects: number): ConnectivityDay => {
  return { date: '2026-05-01', onlineSeconds, knownSeconds, elapsedSeconds: 86_400, connects, online: [] };
};
const words = (...days: ConnectivityDay[]) => connectivityWords({ knownSince: null, days });

describe('connectivityWords', () => {
  it('measures by the time that is known', () => {
    expect(words(day(21_600, 43_200, 1), day(0, 0, 0))).toBe(
      'Online 50 % of what is known of the last 2 days, 1 connection',
    );
    expect(words(day(0, 0, 0))).toBe('Nothing is known of today');
    expect(words(day(86_400, 86_400, 0))).toBe('Online 100 % of today, it did not connect anew');
  });

  it('says all and nothing only of what is all and nothing', () => {
    expect([0, 0.0001, 0.4567, 0.9999, 1, null].map(shareWords)).toEqual([
      ...['0 %', '<0.1 %', '45.7 %', '>99.9 %', '100 %', 'not known'],
    ]);
  });
});

describe('reasonsOf', () => {
  const stay = (disconnectedAt: string | null, message: string | null): ConnectionStay => ({
    ...{ connectedAt: '2026-05-01T00:00:00Z', disconnectedAt, transport: 'mqtt', remoteAddress: '127.0.0.1' },
    reason: message === null ? null : { code: 'connection.replaced', message, advice: 'Use one program.' },
  });

  it('counts what ended in the same way, with the newest words, and leaves out what was before', () => {
    const stays = [
      stay(null, null),
      stay('2026-05-03T00:00:00Z', 'a newer one took over, from B'),
      stay('2026-05-02T12:00:00Z', null),
      stay('2026-05-02T00:00:00Z', 'a newer one took over, from A'),
      stay('2026-04-01T00:00:00Z', 'long ago'),
    ];
    expect(reasonsOf(stays, Date.parse('2026-05-01T00:00:00Z'))).toMatchObject([
      { message: 'a newer one took over, from B', count: 2, advice: 'Use one program.' },
      { code: null, message: 'It left in order', count: 1, advice: null },
    ]);
  });
});
