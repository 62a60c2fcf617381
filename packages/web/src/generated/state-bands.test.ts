import { describe, expect, it } from 'vitest';
import { stateBands, stateName, stateShares } from './state-bands.ts';

const window = { fromMs: 0, toMs: 100_000 };
const at = (seconds: number, value: unknown) => ({ atMs: seconds * 1_000, value });
const bands = (...points: ReturnType<typeof at>[]) =>
  stateBands(points, window, String).map(({ value, from, to }) => [value, from, to]);

describe('stateBands', () => {
  it('makes one band of alike neighbours, and holds the last value', () => {
    expect(bands(at(0, 'a'), at(20, 'a'), at(40, 'b'), at(60, 'b'))).toEqual([
      ['a', 0, 0.4],
      ['b', 0.4, 1],
    ]);
  });

  it('enters with what was before the window, and leaves silence empty', () => {
    expect(bands(at(-2, 'a'), at(0, 'a'), at(2, 'a'), at(90, 'b'), at(92, 'b'))).toEqual([
      ['a', 0, 0.12],
      ['b', 0.9, 1],
    ]);
  });

  it('is nothing of nothing', () => {
    expect(bands()).toEqual([]);
    expect(bands(at(200, 'late'))).toEqual([]);
  });
});

describe('stateShares', () => {
  it('measures by the time that is known', () => {
    const shares = stateShares(stateBands([at(0, 'a'), at(10, 'b'), at(20, 'b'), at(30, 'b')], window, String));
    expect(shares.map(({ value, share }) => [value, Math.round(share * 100)])).toEqual([
      ['b', 88],
      ['a', 13],
    ]);
  });
});

describe('stateName', () => {
  it('is the model’s, or what people say', () => {
    const schema = { kind: 'enum', values: [{ name: 'idle', value: 0, displayName: 'Idle' }] } as const;
    expect([stateName(schema, 0), stateName(schema, 7), stateName({ kind: 'boolean' }, true)]).toEqual([
      'Idle',
      '7',
      'On',
    ]);
  });
});
