import type { Refusal } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { type WatchFacts, watchState } from './connection-watch.ts';

const refusal = (at: string): Refusal => ({
  at,
  firstAt: at,
  count: 1,
  code: 'credential.expired',
  message: 'token expired 2 h ago',
  advice: 'Check the clock',
  transport: 'mqtt',
  remoteAddress: '127.0.0.1',
});
const state = (facts: Partial<WatchFacts>) =>
  watchState({
    enabled: true,
    connected: false,
    presenceAt: null,
    presenceReason: null,
    messages: 0,
    isHeard: false,
    refusals: [],
    recentSince: '2026-11-23T10:00:00Z',
    ...facts,
  }).kind;

describe('watchState', () => {
  it('waits for a device that never came', () => {
    expect(state({})).toBe('waiting');
  });

  it('says why the device was just refused, but not why it was long ago', () => {
    expect(state({ refusals: [refusal('2026-11-23T10:05:00Z')] })).toBe('refused');
    expect(state({ refusals: [refusal('2026-11-23T09:00:00Z')] })).toBe('waiting');
  });

  it('turns green with the connection, whatever was refused before', () => {
    const refusals = [refusal('2026-11-23T10:05:00Z')];
    expect(state({ connected: true, refusals })).toBe('connected');
    expect(state({ connected: true, messages: 1, refusals })).toBe('receiving');
  });

  it('prefers a newer refusal to an older farewell, and the farewell to an older refusal', () => {
    const refusals = [refusal('2026-11-23T10:05:00Z')];
    expect(state({ presenceAt: '2026-11-23T10:04:00Z', refusals })).toBe('refused');
    expect(state({ presenceAt: '2026-11-23T10:06:00Z', refusals })).toBe('gone');
  });

  it('names a disabled device before anything else', () => {
    expect(state({ enabled: false, refusals: [refusal('2026-11-23T10:05:00Z')] })).toBe('disabled');
  });

  it('hears a device that speaks without a connection', () => {
    expect(state({ messages: 3, isHeard: true, presenceAt: '2026-11-23T10:05:00Z' })).toBe('receiving');
    expect(state({ messages: 3, presenceAt: '2026-11-23T10:05:00Z' })).toBe('gone');
  });
});
