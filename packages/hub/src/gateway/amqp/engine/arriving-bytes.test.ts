import { LIMITS } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { ArrivingBytes } from './arriving-bytes.ts';

describe('what has not arrived whole', () => {
  it('is bounded, pieces of nothing included, and has room again when it is given back', () => {
    const room = new ArrivingBytes();
    const each = room.take(0);
    const fit = Math.floor(LIMITS.AMQP_ARRIVING_BYTES_MAX / each);
    for (let i = 1; i < fit; i++) room.take(0);
    expect(() => room.take(0)).toThrow(`more than ${LIMITS.AMQP_ARRIVING_BYTES_MAX}`);
    room.giveBack((fit + 1) * each);
    expect(room.take(1_000)).toBe(1_000 + each);
  });
});
