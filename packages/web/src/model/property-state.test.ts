import { describe, expect, it } from 'vitest';
import { type PropertyFacts, propertyState } from './property-state.ts';

const EARLY = '2026-11-23T10:00:00Z';
const LATE = '2026-11-23T10:00:05Z';
const state = (facts: Partial<PropertyFacts>) =>
  propertyState({ desired: 5, reported: undefined, desiredAt: EARLY, reportedAt: LATE, desiredVersion: 4, ...facts });

describe('propertyState', () => {
  it('is pending until the device answers', () => {
    expect(state({})).toEqual({ kind: 'pending', reason: 'unanswered' });
    expect(state({ reported: 3 })).toEqual({ kind: 'pending', reason: 'unanswered' });
  });

  it('is accepted when the device acknowledges this version', () => {
    expect(state({ reported: { value: 5, ac: 200, av: 4, ad: '' } })).toEqual({ kind: 'accepted', differs: false });
    expect(state({ reported: { value: 6, ac: 203, av: 4 } })).toEqual({ kind: 'accepted', differs: true });
  });

  it('is an error in the words of the device', () => {
    expect(state({ reported: { value: 1, ac: 400, av: 4, ad: 'too low' } })).toEqual({
      kind: 'error',
      status: 400,
      description: 'too low',
    });
  });

  it('is pending again when the answer is about an older wish', () => {
    const reported = { value: 1, ac: 400, av: 3, ad: 'too low' };
    expect(state({ reported, desiredAt: LATE, reportedAt: EARLY })).toEqual({ kind: 'pending', reason: 'unanswered' });
  });

  it('stays settled when only another property was changed since', () => {
    expect(state({ reported: { value: 5, ac: 200, av: 2 } })).toEqual({ kind: 'accepted', differs: false });
  });

  it('tells work in progress from silence', () => {
    expect(state({ reported: { value: 1, ac: 202, av: 4 } })).toEqual({ kind: 'pending', reason: 'inProgress' });
  });

  it('takes a plainly reported equal value for acceptance, whatever the order of its keys', () => {
    expect(state({ desired: { a: 1, b: 2 }, reported: { b: 2, a: 1 } })).toEqual({ kind: 'accepted', differs: false });
  });

  it('is nothing when nothing is asked', () => {
    expect(state({ desired: undefined })).toEqual({ kind: 'none' });
  });
});
