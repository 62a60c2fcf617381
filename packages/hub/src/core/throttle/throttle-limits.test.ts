import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changeLimits, limitsNothing, THROTTLE_PROFILES } from './throttle-limits.ts';

const { relaxed, strict } = THROTTLE_PROFILES;

describe('changeLimits', () => {
  it('reads rates a second, a minute and an hour, with the burst an operator names or the amount itself', () => {
    const text = 'device.telemetry=10/s, hub.registry=120/min:7,hub.method=3600/h';
    expect(changeLimits(relaxed, text)).toEqual({
      device: { telemetry: { perSecond: 10, burst: 10 } },
      hub: { registry: { perSecond: 2, burst: 7 }, method: { perSecond: 1, burst: 3_600 } },
      dailyMessages: null,
      configurations: relaxed.configurations,
    });
  });

  it('changes only what is named, and takes a limit away with off', () => {
    const changed = changeLimits(strict, 'hub.connect=off');
    expect(changed.hub.connect).toBeUndefined();
    expect(changed.hub.telemetry).toEqual(strict.hub.telemetry);
    expect(strict.hub.connect).toBeDefined();
  });

  it('names the part that it cannot read', () => {
    for (const text of [
      'telemetry=10/s',
      'hub.nothing=1/s',
      'hub.telemetry=0/s',
      'device.method=fast',
      'hub.method=1/s:0',
    ])
      expect(() => changeLimits(relaxed, `hub.connect=1/s,${text}`)).toThrow(text);
  });

  it('reads any text or refuses it', () => {
    const part = fc.oneof(fc.string(), fc.constant('hub.method=10/s:5'), fc.constant('device.connect=off'));
    fc.assert(
      fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
        try {
          changeLimits(relaxed, parts.join(','));
        } catch (error) {
          expect(error).toMatchObject({ code: 'argument.invalid' });
        }
      }),
    );
  });
});

describe('limitsNothing', () => {
  it('is true of the default and of a profile whose every limit was taken away', () => {
    expect(limitsNothing(relaxed)).toBe(true);
    expect(limitsNothing(strict)).toBe(false);
    expect(limitsNothing(changeLimits(changeLimits(relaxed, 'hub.method=1/s'), 'hub.method=off'))).toBe(true);
    expect(limitsNothing({ ...relaxed, dailyMessages: 5 })).toBe(false);
  });
});
