import type { DrawnTile } from '../../tiles/tile-configuration.ts';

/**
 * Where tiles are. A tile has its columns and rows; nothing lies on anything else, and nothing hangs in the air: tiles rise until something
 * is above them. Pure.
 */
export type Direction = 'left' | 'right' | 'up' | 'down';

/** Source: width and height of `Tile` in the REST interface. */
export const TILE_SPAN_MAX = 10;

type Spot = Pick<DrawnTile, 'x' | 'y' | 'width' | 'height'>;

/** Columns of the grid: as many as a tile may be wide, more where a tile made elsewhere lies further right. */
export function columnsOf(tiles: readonly Spot[]): number {
  return tiles.reduce((most, { x, width }) => Math.max(most, x + width), TILE_SPAN_MAX);
}

/** Tiles risen to where they may stay; the one that was just moved keeps its place before others of its row. */
export function settle<T extends DrawnTile>(tiles: readonly T[], movedId?: string): readonly T[] {
  const order = [...tiles].sort(
    (a, b) => a.y - b.y || Number(b.id === movedId) - Number(a.id === movedId) || a.x - b.x,
  );
  const placed: T[] = [];
  for (const tile of order) {
    const under = placed.filter((other) => sharesColumns(tile, other));
    placed.push({ ...tile, y: under.reduce((lowest, other) => Math.max(lowest, other.y + other.height), 0) });
  }
  return tiles.map((tile) => placed.find(({ id }) => id === tile.id) ?? tile);
}

/** One step by keyboard: a column aside, or past the tile above or below. */
export function moveTile(tiles: readonly DrawnTile[], id: string, direction: Direction): readonly DrawnTile[] {
  const tile = tiles.find((one) => one.id === id);
  if (tile === undefined) return tiles;
  const others = tiles.filter((one) => one.id !== id);
  return settle([...others, { ...tile, ...stepped(tile, others, direction, columnsOf(tiles)) }], id);
}

function stepped(tile: DrawnTile, others: readonly DrawnTile[], direction: Direction, columns: number): Partial<Spot> {
  switch (direction) {
    case 'left':
      return { x: Math.max(0, tile.x - 1) };
    case 'right':
      return { x: Math.min(columns - tile.width, tile.x + 1) };
    case 'up': {
      const above = others.filter((other) => sharesColumns(tile, other) && other.y < tile.y);
      return { y: above.reduce((nearest, other) => Math.max(nearest, other.y), 0) };
    }
    case 'down': {
      const below = others.filter((other) => sharesColumns(tile, other) && other.y >= tile.y + tile.height);
      const next = below.sort((a, b) => a.y - b.y)[0];
      return next === undefined ? {} : { y: next.y + next.height };
    }
    default:
      return direction satisfies never;
  }
}

/** One step wider, narrower, taller or lower. */
export function resizeTile(tiles: readonly DrawnTile[], id: string, direction: Direction): readonly DrawnTile[] {
  const columns = columnsOf(tiles);
  const resized = tiles.map((tile) => (tile.id === id ? { ...tile, ...grown(tile, direction, columns) } : tile));
  return settle(resized, id);
}

function grown(tile: DrawnTile, direction: Direction, columns: number): Partial<Spot> {
  const within = (size: number, most: number) => Math.min(Math.max(1, size), TILE_SPAN_MAX, most);
  if (direction === 'left' || direction === 'right') {
    return { width: within(tile.width + (direction === 'right' ? 1 : -1), columns - tile.x) };
  }
  return { height: within(tile.height + (direction === 'down' ? 1 : -1), TILE_SPAN_MAX) };
}

/** A new tile where there is room: beside the last ones, or below everything. */
export function placeTile(
  tiles: readonly Spot[],
  { width, height }: Pick<Spot, 'width' | 'height'>,
): Pick<Spot, 'x' | 'y'> {
  const bottom = tiles.reduce((lowest, tile) => Math.max(lowest, tile.y + tile.height), 0);
  const columns = columnsOf(tiles);
  for (let y = 0; y < bottom; y += 1) {
    for (let x = 0; x + width <= columns; x += 1) {
      const spot = { x, y, width, height };
      if (!tiles.some((tile) => overlaps(spot, tile))) return { x, y };
    }
  }
  return { x: 0, y: bottom };
}

/** The order in which a narrow screen shows them, one below the other. */
export function readingOrder<T extends Spot>(tiles: readonly T[]): readonly T[] {
  return [...tiles].sort((a, b) => a.y - b.y || a.x - b.x);
}

/** For who hears where a tile has gone. */
export function spotWords({ displayName, x, y, width, height }: DrawnTile): string {
  return `${displayName}: column ${x + 1}, row ${y + 1}, ${width} wide, ${height} high`;
}

function sharesColumns(a: Spot, b: Spot): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width;
}

function overlaps(a: Spot, b: Spot): boolean {
  return sharesColumns(a, b) && a.y < b.y + b.height && b.y < a.y + a.height;
}
