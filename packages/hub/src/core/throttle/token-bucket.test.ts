import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Rate, TokenBucket } from './token-bucket.ts';

const TEN_A_SECOND: Rate = { perSecond: 10, burst: 5 };

describe('TokenBucket', () => {
  it('lets a burst through at once, and then one for each token that came back', () => {
    const bucket = new TokenBucket();
    for (let i = 0; i < 5; i++) expect(taken(bucket, 1, 1_000)).toBe(0);
    expect(taken(bucket, 1, 1_000)).toBe(100);
    expect(taken(bucket, 1, 1_000)).toBe(200);
    expect(taken(bucket, 1, 1_300)).toBe(0);
  });

  it('is full again after a rest, and no fuller', () => {
    const bucket = new TokenBucket();
    for (let i = 0; i < 5; i++) taken(bucket, 1, 0);
    for (let i = 0; i < 5; i++) expect(taken(bucket, 1, 60_000)).toBe(0);
    expect(taken(bucket, 1, 60_000)).toBe(100);
  });

  it('makes nobody wait for a clock that was set back', () => {
    const bucket = new TokenBucket();
    taken(bucket, 5, 3_600_000);
    expect(bucket.waitMs(TEN_A_SECOND, 1, 0)).toBe(0);
  });

  it('lets through no more than its burst and its rate, however one asks', () => {
    const asks = fc.array(fc.record({ pauseMs: fc.nat(500), count: fc.integer({ min: 1, max: 4 }) }), {
      maxLength: 60,
    });
    fc.assert(
      fc.property(asks, (steps) => {
        const bucket = new TokenBucket();
        let now = 0;
        let through = 0;
        for (const { pauseMs, count } of steps) {
          now += pauseMs;
          if (bucket.waitMs(TEN_A_SECOND, count, now) > 0) continue;
          bucket.take(TEN_A_SECOND, count, now);
          through += count;
        }
        expect(through).toBeLessThanOrEqual(TEN_A_SECOND.burst + (now / 1_000) * TEN_A_SECOND.perSecond + 1e-6);
      }),
    );
  });
});

/** How long this one waits; it takes its tokens all the same. */
function taken(bucket: TokenBucket, count: number, now: number): number {
  const waitMs = bucket.waitMs(TEN_A_SECOND, count, now);
  bucket.take(TEN_A_SECOND, count, now);
  return waitMs;
}
