import type { HistoryState } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { historyWords } from './history-words.ts';

const said = (state: Partial<HistoryState>) =>
  historyWords({
    ...{ state: 'running', reason: null, behindRecords: 0, lagMs: 0, points: 0, series: 0, bytes: 0 },
    ...state,
  });

describe('historyWords', () => {
  it('says nothing while charts are as they should be', () => {
    expect(said({ lagMs: 900, behindRecords: 40 })).toBeNull();
  });

  it('says why they stand still, in the words of the server, and what to do', () => {
    expect(said({ state: 'diskFull', reason: '100 MiB are free' })).toMatchObject({
      what: 'The history writes nothing: 100 MiB are free.',
      advice: expect.stringContaining('Make room'),
      isBad: true,
    });
    expect(said({ state: 'off', reason: 'x' })?.advice).toContain('--history-days');
    expect(said({ lagMs: 125_000, behindRecords: 12_000 })?.what).toContain('2 min behind: 12,000 messages');
  });
});
