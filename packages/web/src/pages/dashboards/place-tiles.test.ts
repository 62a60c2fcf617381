import { describe, expect, it } from 'vitest';
import type { DrawnTile } from '../../tiles/tile-configuration.ts';
import { columnsOf, moveTile, placeTile, readingOrder, resizeTile, settle } from './place-tiles.ts';

const tile = (id: string, x: number, y: number, width = 2, height = 2): DrawnTile => ({
  id,
  displayName: id,
  x,
  y,
  width,
  height,
  configuration: { type: 'label', text: id },
});
const spots = (tiles: readonly DrawnTile[]) => Object.fromEntries(tiles.map(({ id, x, y }) => [id, `${x},${y}`]));

describe('tiles', () => {
  it('rise until something is above them, and never lie on each other', () => {
    expect(spots(settle([tile('a', 0, 0), tile('b', 1, 0), tile('c', 5, 7)]))).toEqual({
      a: '0,0',
      b: '1,2',
      c: '5,0',
    });
  });

  it('move past each other by keyboard, down and up again', () => {
    const start = [tile('a', 0, 0), tile('b', 0, 2)];
    const down = moveTile(start, 'a', 'down');
    expect(spots(down)).toEqual({ a: '0,2', b: '0,0' });
    expect(spots(moveTile(down, 'a', 'up'))).toEqual({ a: '0,0', b: '0,2' });
  });

  it('move aside, push what is in the way, and stop at the edge', () => {
    expect(spots(moveTile([tile('a', 0, 0), tile('b', 2, 0)], 'a', 'right'))).toEqual({ a: '1,0', b: '2,2' });
    expect(spots(moveTile([tile('a', 0, 0)], 'a', 'left'))).toEqual({ a: '0,0' });
    expect(spots(moveTile([tile('a', 8, 0)], 'a', 'right'))).toEqual({ a: '8,0' });
  });

  it('grow and shrink within what a tile may be', () => {
    expect(resizeTile([tile('a', 0, 0, 10, 10)], 'a', 'down')[0]).toMatchObject({ height: 10 });
    expect(resizeTile([tile('a', 0, 0, 1, 1)], 'a', 'left')[0]).toMatchObject({ width: 1 });
    expect(resizeTile([tile('a', 0, 0)], 'a', 'right')[0]).toMatchObject({ width: 3 });
  });

  it('find a gap, or the space below', () => {
    expect(placeTile([tile('a', 0, 0, 6, 2)], { width: 4, height: 2 })).toEqual({ x: 6, y: 0 });
    expect(placeTile([tile('a', 0, 0, 8, 2)], { width: 4, height: 2 })).toEqual({ x: 0, y: 2 });
  });

  it('are read from the top, and a wide dashboard of somewhere else keeps its columns', () => {
    expect(readingOrder([tile('c', 0, 2), tile('b', 4, 0), tile('a', 0, 0)]).map(({ id }) => id)).toEqual([
      'a',
      'b',
      'c',
    ]);
    expect(columnsOf([tile('a', 14, 0, 4)])).toBe(18);
  });
});
