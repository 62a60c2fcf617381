import type { LiveEvent } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type EventSourceLike, type LiveScope, type LiveStatus, LiveStream } from './live-stream.ts';

class FakeSource implements EventSourceLike {
  readyState = 0;
  isClosed = false;
  readonly #listeners = new Map<string, (event: { readonly data: string }) => void>();

  addEventListener(kind: string, listener: (event: { readonly data: string }) => void): void {
    this.#listeners.set(kind, listener);
  }

  close(): void {
    this.isClosed = true;
  }

  say(kind: string, data: unknown = {}): void {
    this.#listeners.get(kind)?.({ data: JSON.stringify(data) });
  }

  fail(readyState: number): void {
    this.readyState = readyState;
    this.say('error');
  }
}

function listen() {
  const sources: FakeSource[] = [];
  const scopes: LiveScope[] = [];
  const events: LiveEvent[] = [];
  const statuses: LiveStatus[] = [];
  let refusals = 0;
  const stream = new LiveStream({
    scope: { deviceId: 'd1', sinceSeconds: 300 },
    open: (scope) => {
      scopes.push(scope);
      const source = new FakeSource();
      sources.push(source);
      return source;
    },
    onEvent: (event) => events.push(event),
    onStatus: (status) => statuses.push(status),
    onRefused: () => {
      refusals += 1;
    },
    nowMs: () => Date.now(),
  });
  return { stream, sources, scopes, events, statuses, refusals: () => refusals };
}

describe('LiveStream', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('hands on what is said and by which kind', () => {
    const { sources, events } = listen();
    sources[0]?.say('presence', { deviceId: 'd1', connected: true });
    sources[0]?.say('caughtUp');
    expect(events).toMatchObject([{ kind: 'presence', deviceId: 'd1', connected: true }, { kind: 'caughtUp' }]);
  });

  it('leaves reconnecting to the browser while the browser tries', () => {
    const { sources, statuses } = listen();
    sources[0]?.say('open');
    sources[0]?.fail(0);
    vi.advanceTimersByTime(60_000);
    sources[0]?.say('open');
    expect(sources).toHaveLength(1);
    expect(statuses).toEqual(['connecting', 'live', 'reconnecting', 'live']);
  });

  it('opens again when the browser gave up, with enough history to cover the gap', () => {
    const { sources, scopes, refusals } = listen();
    sources[0]?.say('open');
    sources[0]?.say('tick');
    vi.advanceTimersByTime(900_000);
    sources[0]?.fail(2);
    vi.advanceTimersByTime(1_000);
    expect(refusals()).toBe(1);
    expect(sources[0]?.isClosed).toBe(true);
    expect(scopes[1]?.sinceSeconds).toBeGreaterThanOrEqual(901);
  });

  it('waits longer each time it is refused', () => {
    const { sources } = listen();
    sources[0]?.fail(2);
    vi.advanceTimersByTime(1_000);
    sources[1]?.fail(2);
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    expect(sources).toHaveLength(3);
  });

  it('does not open again after it was closed', () => {
    const { stream, sources } = listen();
    sources[0]?.fail(2);
    stream.close();
    vi.advanceTimersByTime(60_000);
    expect(sources).toHaveLength(1);
    expect(sources[0]?.isClosed).toBe(true);
  });
});
