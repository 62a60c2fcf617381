import type { SeriesAnswer, SeriesRequest } from '@viaduct/contracts';
import { describe, expect, it } from 'vitest';
import { SeriesBoard } from './series-board.ts';

const request = (name: string): SeriesRequest => ({
  source: { kind: 'all' },
  name,
  aggregate: 'avg',
  range: { kind: 'last', duration: 'PT1H' },
});
const answer = (name: string): SeriesAnswer => ({
  query: name,
  from: '',
  to: '',
  resolution: null,
  lines: [],
  isCut: false,
});

/** A board whose time is told by hand. */
function testBoard() {
  const asked: string[][] = [];
  const timers: { at: number; run: () => void }[] = [];
  const world = { nowMs: 0, isHidden: false, fails: false, isLarge: false };
  const board = new SeriesBoard({
    post: async (requests) => {
      asked.push(requests.map(({ name }) => name));
      if (world.fails) throw new TypeError('no network');
      return requests.map(({ name, mayEstimate = false }) => ({
        ...answer(name),
        isEstimate: world.isLarge && mayEstimate,
      }));
    },
    nowMs: () => world.nowMs,
    after: (ms, run) => {
      const timer = { at: world.nowMs + ms, run };
      timers.push(timer);
      return () => timers.splice(timers.indexOf(timer) >>> 0, 1);
    },
    isHidden: () => world.isHidden,
  });
  const pass = async (ms: number) => {
    const end = world.nowMs + ms;
    for (let next = earliest(); next !== undefined && next.at <= end; next = earliest()) {
      world.nowMs = Math.max(world.nowMs, next.at);
      timers.splice(timers.indexOf(next), 1);
      next.run();
      await new Promise((resolve) => setTimeout(resolve));
    }
    world.nowMs = end;
  };
  const earliest = () => [...timers].sort((a, b) => a.at - b.at)[0];
  return { board, asked, world, pass };
}

describe('SeriesBoard', () => {
  it('asks for everything a page shows in one batch, and for alike requests once', async () => {
    const { board, asked, pass } = testBoard();
    for (const name of ['a', 'b', 'a']) board.watch(request(name), 1_000, () => {});
    await pass(100);
    expect(asked).toEqual([['a', 'b']]);
    expect(board.state(request('b')).answer?.query).toBe('b');
  });

  it('asks anew as often as the most eager tile wants, and not for what cannot change', async () => {
    const { board, asked, pass } = testBoard();
    board.watch(request('live'), 1_000, () => {});
    board.watch(request('past'), Number.POSITIVE_INFINITY, () => {});
    await pass(3_100);
    expect(asked[0]).toEqual(['live', 'past']);
    expect(asked.slice(1)).toEqual([['live'], ['live'], ['live']]);
  });

  it('is quiet while the page is hidden, and catches up when it is seen', async () => {
    const { board, asked, world, pass } = testBoard();
    board.watch(request('a'), 1_000, () => {});
    await pass(100);
    world.isHidden = true;
    await pass(10_000);
    expect(asked).toHaveLength(1);
    world.isHidden = false;
    board.wake();
    await pass(10);
    expect(asked).toHaveLength(2);
  });

  it('waits longer after each failure, and keeps what it had', async () => {
    const { board, asked, world, pass } = testBoard();
    board.watch(request('a'), 1_000, () => {});
    await pass(100);
    world.fails = true;
    await pass(15_000);
    expect(asked.length).toBeLessThan(6);
    expect(board.state(request('a'))).toMatchObject({ answer: { query: 'a' }, problem: { message: 'no network' } });
    world.fails = false;
    board.refresh();
    await pass(10);
    expect(board.state(request('a')).problem).toBeNull();
  });

  it('shows an estimate first, and asks for what is exact at once', async () => {
    const { board, asked, world, pass } = testBoard();
    world.isLarge = true;
    board.watch(request('a'), Number.POSITIVE_INFINITY, () => {});
    await pass(30);
    expect(board.state(request('a')).answer?.isEstimate).toBe(true);
    await pass(5_000);
    expect(asked).toHaveLength(2);
    expect(board.state(request('a')).answer?.isEstimate).toBe(false);
  });

  it('forgets what nobody watches', async () => {
    const { board, asked, pass } = testBoard();
    const leave = board.watch(request('a'), 1_000, () => {});
    await pass(100);
    leave();
    await pass(5_000);
    expect(asked).toHaveLength(1);
  });
});
