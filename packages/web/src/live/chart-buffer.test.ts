import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CHART_POINTS_MAX, ChartBuffer, LINES_PER_CHART_MAX } from './chart-buffer.ts';

const row = (values: Record<string, number>) => new Map(Object.entries(values));

describe('ChartBuffer', () => {
  it('gives back the rows of a window and the one before it', () => {
    const buffer = new ChartBuffer();
    for (let second = 0; second < 10; second += 1) buffer.append(second, row({ a: second * 10 }));
    expect(buffer.window(4, 6)).toEqual([
      [3, 4, 5, 6],
      [30, 40, 50, 60],
    ]);
  });

  it('keeps the newest rows when it is full, and no more than its bound', () => {
    const buffer = new ChartBuffer();
    for (let second = 0; second < CHART_POINTS_MAX + 500; second += 1) buffer.append(second, row({ a: second }));
    expect(buffer.rows).toBe(CHART_POINTS_MAX);
    const [times, values] = buffer.window(0, Number.MAX_SAFE_INTEGER);
    expect(times[0]).toBe(500);
    expect(values?.at(-1)).toBe(CHART_POINTS_MAX + 499);
    expect(buffer.latest('a')).toEqual({ time: CHART_POINTS_MAX + 499, value: CHART_POINTS_MAX + 499 });
  });

  it('draws through what one message did not speak of', () => {
    const buffer = new ChartBuffer();
    buffer.append(0, row({ a: 1, b: 2 }));
    buffer.append(1, row({ a: 3 }));
    expect(buffer.window(0, 1)).toEqual([
      [0, 1],
      [1, 3],
      [2, undefined],
    ]);
    expect(buffer.latest('b')).toEqual({ time: 0, value: 2 });
  });

  it('breaks the line where the device was silent for long', () => {
    const buffer = new ChartBuffer();
    for (const second of [0, 1, 2, 60, 61]) buffer.append(second, row({ a: second }));
    expect(buffer.window(0, 61)[1]).toEqual([0, 1, 2, null, 60, 61]);
  });

  it('takes a line that appears later without inventing its past', () => {
    const buffer = new ChartBuffer();
    buffer.append(0, row({ a: 1 }));
    buffer.append(1, row({ a: 1, late: 5 }));
    expect(buffer.lines).toEqual(['a', 'late']);
    expect(buffer.window(0, 1)[2]).toEqual([undefined, 5]);
  });

  it('leaves out lines beyond its bound and values that are not finite', () => {
    const buffer = new ChartBuffer();
    const many = Object.fromEntries(
      Array.from({ length: LINES_PER_CHART_MAX + 5 }, (_, index) => [`l${index}`, index]),
    );
    buffer.append(0, row({ ...many, l0: Number.NaN }));
    expect(buffer.lines).toHaveLength(LINES_PER_CHART_MAX);
    expect(buffer.latest('l0')).toBeNull();
  });

  it('never lets time run backwards, whatever the stamps say', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 1_000 }), { maxLength: 600 }), (stamps) => {
        const buffer = new ChartBuffer();
        for (const stamp of stamps) buffer.append(stamp, row({ a: stamp }));
        const [times] = buffer.window(0, 2_000);
        expect(times).toEqual([...times].sort((a, b) => a - b));
      }),
    );
  });
});
