import type { TwinView } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { newerTwin } from './newer-twin.ts';

const twin = (version: number): TwinView => {
  const section = { version, values: {}, metadata: {} };
  return { version, desired: section, reported: section, tags: {} };
};

describe('newerTwin', () => {
  it('keeps what the device said to a change before the change was answered', () => {
    const acknowledged = twin(3);
    expect(newerTwin(acknowledged, twin(2))).toBe(acknowledged);
  });

  it('is the answer otherwise, also in the place of what was only expected', () => {
    const answered = twin(2);
    expect(newerTwin(twin(1), answered)).toBe(answered);
    expect(newerTwin(twin(2), answered)).toBe(answered);
    expect(newerTwin(undefined, answered)).toBe(answered);
  });
});
