import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatResumeToken, parseResumeToken } from './resume-token.ts';

const positions = fc.record({
  offsets: fc
    .uniqueArray(fc.nat(9_999), { minLength: 1, maxLength: 256 })
    .chain((partitions) =>
      fc
        .array(fc.nat({ max: 1e14 }), { minLength: partitions.length, maxLength: partitions.length })
        .map((offsets) => new Map(partitions.map((partition, index) => [partition, offsets[index] ?? 0]))),
    ),
  refusalsUntil: fc.nat({ max: 1e14 }),
});

describe('a resume token', () => {
  it('says where a stream was', () => {
    fc.assert(
      fc.property(positions, (position) => {
        expect(parseResumeToken(formatResumeToken(position), [...position.offsets.keys()])).toEqual(position);
      }),
    );
  });

  it('is nobody else’s, or nothing', () => {
    expect(parseResumeToken('0:1@0', [1])).toBeUndefined();
    expect(parseResumeToken('0:1,0:2@0', [0, 1])).toBeUndefined();
    fc.assert(
      fc.property(fc.string(), (text) => {
        const parsed = parseResumeToken(text, [0]);
        expect(parsed === undefined || parsed.offsets.has(0)).toBe(true);
      }),
    );
  });
});
