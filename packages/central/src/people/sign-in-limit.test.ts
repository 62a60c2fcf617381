import { LIMITS } from '@viaduct/contracts';
import { beforeEach, describe, expect, it } from 'vitest';
import { SignInLimit } from './sign-in-limit.ts';

let now: number;
let limit: SignInLimit;

beforeEach(() => {
  now = 0;
  limit = new SignInLimit({ now: () => now });
});

function attempts(...addresses: readonly string[]): number {
  let allowed = 0;
  for (const address of addresses) {
    try {
      limit.begin(address);
      allowed += 1;
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'quota.exceeded' });
    }
  }
  return allowed;
}

describe('SignInLimit', () => {
  it('counts each address for itself', () => {
    expect(attempts(...Array<string>(20).fill('10.0.0.1'))).toBe(LIMITS.SIGN_IN_ATTEMPTS_PER_MINUTE_MAX);
    expect(attempts('10.0.0.2')).toBe(1);
  });

  it('counts the addresses of one IPv6 subscriber as one', () => {
    const same = Array.from({ length: 20 }, (_, index) => `2001:db8:0:7::${index.toString(16)}`);
    expect(attempts(...same)).toBe(LIMITS.SIGN_IN_ATTEMPTS_PER_MINUTE_MAX);
    expect(attempts('2001:db8:0:8::1', '2001:db8::1', '::1')).toBe(3);
    expect(attempts(...same.map((_, index) => `::ffff:10.0.0.${index}`))).toBe(20);
  });

  it('does not count those who get in', () => {
    for (let times = 0; times < 50; times++) {
      limit.begin('10.0.0.1');
      limit.succeeded('10.0.0.1');
    }
    expect(attempts('10.0.0.1')).toBe(1);
  });

  it('begins again after a minute, and says how long that is', () => {
    attempts(...Array<string>(20).fill('10.0.0.1'));
    now = 45_000;
    expect(() => limit.begin('10.0.0.1')).toThrow('try again in 15 s');
    now = 60_000;
    expect(attempts('10.0.0.1')).toBe(1);
  });
});
