import { describe, expect, it } from 'vitest';
import { FrameBatch, REDRAW_INTERVAL_MS } from './frame-batch.ts';

function clock() {
  const frames: (() => void)[] = [];
  const state = { nowMs: 0, hidden: false };
  const batch = new FrameBatch({
    requestFrame: (run) => frames.push(run),
    isHidden: () => state.hidden,
    nowMs: () => state.nowMs,
  });
  const frame = () => {
    for (const run of frames.splice(0)) run();
  };
  return { batch, state, frame, waiting: () => frames.length };
}

describe('FrameBatch', () => {
  it('draws once a frame, however often it was asked', () => {
    const { batch, frame } = clock();
    let runs = 0;
    const run = () => {
      runs += 1;
    };
    for (let n = 0; n < 100; n += 1) batch.ask(run);
    frame();
    frame();
    expect(runs).toBe(1);
  });

  it('keeps its interval and loses nothing by it', () => {
    const { batch, state, frame } = clock();
    let runs = 0;
    const run = () => {
      runs += 1;
    };
    batch.ask(run);
    frame();
    batch.ask(run);
    frame();
    expect(runs).toBe(1);
    state.nowMs = REDRAW_INTERVAL_MS;
    frame();
    expect(runs).toBe(2);
  });

  it('does nothing while the page is hidden, and catches up once on return', () => {
    const { batch, state, frame, waiting } = clock();
    let runs = 0;
    const run = () => {
      runs += 1;
    };
    state.hidden = true;
    batch.ask(run);
    batch.ask(run);
    expect(waiting()).toBe(0);
    state.hidden = false;
    batch.wake();
    frame();
    expect(runs).toBe(1);
  });
});
