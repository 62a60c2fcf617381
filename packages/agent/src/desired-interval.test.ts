import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDesiredInterval } from './desired-interval.ts';

describe('readDesiredInterval', () => {
  it('acknowledges a good wish with 200 and the version it answers', () => {
    expect(readDesiredInterval({ telemetryIntervalSeconds: 5, $version: 7 }, 1)).toEqual({
      kind: 'apply',
      seconds: 5,
      version: 7,
      answer: { value: 5, ac: 200, av: 7, ad: 'in force' },
    });
  });

  it('refuses a bad wish with 400, the reason, and the value that stays in force', () => {
    expect(readDesiredInterval({ telemetryIntervalSeconds: 0, $version: 8 }, 2)).toEqual({
      kind: 'refuse',
      version: 8,
      answer: { value: 2, ac: 400, av: 8, ad: '0 s is outside 0.2 to 3600 seconds' },
    });
  });

  it('owes no answer to a patch about something else, or to a removed wish', () => {
    expect(readDesiredInterval({ colour: 'red', $version: 9 }, 1)).toEqual({ kind: 'none', version: 9 });
    expect(readDesiredInterval({ telemetryIntervalSeconds: null, $version: 10 }, 1).kind).toBe('none');
  });

  it('gives an answer to any JSON at all', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (desired) => {
        expect(['none', 'apply', 'refuse']).toContain(readDesiredInterval(desired, 1).kind);
      }),
    );
  });
});
