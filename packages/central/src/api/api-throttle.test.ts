import { StillClock } from '@viaduct/testkit';
import { describe, expect, it } from 'vitest';
import { ApiThrottle } from './api-throttle.ts';

const times = (count: number, work: () => void) => {
  for (let at = 0; at < count; at++) work();
};

describe('ApiThrottle', () => {
  it('lets 20 requests a second through, and one query', () => {
    const clock = new StillClock();
    const throttle = new ApiThrottle(clock, true);
    times(20, () => throttle.take('Roles_List'));
    expect(() => throttle.take('Roles_List')).toThrow(/20 requests a second/);
    throttle.take('Query_Run');
    expect(() => throttle.take('Query_Run')).toThrow(/1 query a second/);
    clock.advance(50);
    throttle.take('Roles_List');
    expect(() => throttle.take('Roles_List')).toThrow(/20 requests/);
    clock.advance(950);
    throttle.take('Query_Run');
  });

  it('limits nothing in the relaxed profile', () => {
    const throttle = new ApiThrottle(new StillClock(), false);
    times(1_000, () => throttle.take('Query_Run'));
  });
});
