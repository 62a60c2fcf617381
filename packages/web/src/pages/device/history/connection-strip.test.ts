import type { ConnectionStay } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { connectionStrip, stripWords } from './connection-strip.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-11-23T12:00:00Z');
const ago = (hours: number) => new Date(NOW - hours * 3_600_000).toISOString();
const stay = (from: number, to: number | null): ConnectionStay => ({
  connectedAt: ago(from),
  disconnectedAt: to === null ? null : ago(to),
  transport: 'mqtt',
  remoteAddress: '127.0.0.1',
  reason: null,
});
const strip = (stays: readonly ConnectionStay[], knownSince: string | null = null) =>
  connectionStrip({ stays, knownSince }, NOW, DAY);

describe('connectionStrip', () => {
  it('puts stays where they belong, oldest first, and the present one up to now', () => {
    const { pieces, share, breaks } = strip([stay(6, null), stay(18, 12)]);
    expect(pieces).toEqual([
      { kind: 'connected', from: 0.25, to: 0.5 },
      { kind: 'connected', from: 0.75, to: 1 },
    ]);
    expect([share, breaks]).toEqual([0.5, 1]);
  });

  it('clips what began before the window and leaves out what ended before it', () => {
    const { pieces, share } = strip([stay(30, 12), stay(50, 40)]);
    expect(pieces).toEqual([{ kind: 'connected', from: 0, to: 0.5 }]);
    expect(share).toBe(0.5);
  });

  it('calls forgotten time unknown, and measures by the rest', () => {
    const { pieces, share } = strip([stay(12, 6)], ago(12));
    expect(pieces[0]).toEqual({ kind: 'unknown', from: 0, to: 0.5 });
    expect(share).toBe(0.5);
  });
});

describe('stripWords', () => {
  it('says what the picture shows', () => {
    expect(stripWords(strip([]), 'last 24 hours')).toBe('Not connected in the last 24 hours');
    expect(stripWords(strip([stay(48, null)]), 'last 24 hours')).toBe(
      'Connected 100 % of the last 24 hours, never left',
    );
    expect(stripWords(strip([stay(6, null), stay(18, 12)]), 'day')).toBe('Connected 50 % of the day, left once');
    expect(stripWords(strip([stay(1, 0.99)]), 'day')).toContain('<1 %');
  });
});
