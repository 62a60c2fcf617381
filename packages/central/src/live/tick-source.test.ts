import { LIMITS } from '@viaduct/contracts';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConsoleUnderTest, openConsole } from '../testing/console-under-test.ts';
import { FakeSession } from '../testing/fake-session.ts';
import { type Tick, TickSource } from './tick-source.ts';

let tested: ConsoleUnderTest;

beforeEach(async () => {
  tested = await openConsole();
});
afterEach(() => tested.close());

/** The first ticks that somebody who watches gets. */
function watchTicks(source: TickSource, count: number): Promise<readonly Tick[]> {
  const ticks: Tick[] = [];
  return new Promise((resolve) => {
    const stop = source.listen((tick) => {
      ticks.push(tick);
      if (ticks.length < count) return;
      stop();
      resolve(ticks);
    });
  });
}

describe('TickSource', () => {
  it('names a crowd in turns, everybody once', async () => {
    const crowd = LIMITS.TICK_DEVICES_MAX + 200;
    const source = new TickSource(tested.hub);
    const ticks = watchTicks(source, 2);
    for (let index = 0; index < crowd; index++) {
      tested.hub.sessions.enter(new FakeSession(`d${index}`, tested.clock.now() + 1));
    }
    const [first, second] = (await ticks).map(({ seen }) => Object.keys(seen));
    expect(first).toHaveLength(LIMITS.TICK_DEVICES_MAX);
    expect(new Set([...(first ?? []), ...(second ?? [])]).size).toBe(crowd);
  });

  it('tells all who watch the same', async () => {
    const source = new TickSource(tested.hub);
    const [[one], [other]] = await Promise.all([watchTicks(source, 1), watchTicks(source, 1)]);
    expect(one).toBe(other);
  });
});
