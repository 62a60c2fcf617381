import type { TwinView } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { newerTwin } from './newer-twin.ts';
import { withDesired } from './with-desired.ts';

const section = (version: number) => ({ version, values: {}, metadata: {} });
const twin = (desired: number, reported: number): TwinView => {
  return { version: desired, desired: section(desired), reported: section(reported), tags: {} };
};

describe('newerTwin', () => {
  it('keeps what the device said to a change before the change was answered', () => {
    const acknowledged = twin(2, 3);
    expect(newerTwin(acknowledged, twin(2, 2))).toBe(acknowledged);
  });

  it('is the answer otherwise, also in the place of what was only expected', () => {
    const answered = twin(2, 2);
    expect(newerTwin(twin(1, 2), answered)).toBe(answered);
    expect(newerTwin(withDesired(twin(1, 2), { interval: 5 }, 0), answered)).toBe(answered);
    expect(newerTwin(undefined, answered)).toBe(answered);
  });

  it('keeps what is expected of a second change while the first is answered', () => {
    const expected = withDesired(twin(2, 2), { interval: 5 }, 0);
    expect(newerTwin(expected, twin(2, 2))).toBe(expected);
  });
});
