import type { TileType } from '@viaduct/contracts';
import { useMemo, useRef, useState } from 'react';
import { type DrawnTile, drawnTiles } from '../../tiles/tile-configuration.ts';
import { newConfiguration, TILE_KINDS } from '../../tiles/tile-kinds.ts';
import { type Direction, moveTile, placeTile, resizeTile, settle, spotWords } from './place-tiles.ts';
import type { TileDeeds } from './tile-frame.tsx';
import type { Draft } from './use-draft.ts';

export interface EditedTiles {
  readonly deeds: TileDeeds;
  /** What just happened, for who hears the page. */
  readonly said: string;
  add(type: TileType): void;
  change(tile: DrawnTile): void;
}

/** Everything that is done to tiles, on the draft. The deeds are the same object throughout, so tiles that did not change stay as they are. */
export function useTileDeeds(draft: Draft, onConfigure: (id: string | undefined) => void): EditedTiles {
  const [said, setSaid] = useState('');
  const latest = useRef({ draft, onConfigure });
  latest.current = { draft, onConfigure };
  const edited = useMemo(() => {
    const tilesNow = () => drawnTiles(latest.current.draft.content.tiles);
    const set = (tiles: readonly DrawnTile[]) => latest.current.draft.change({ tiles });
    const place = (tiles: readonly DrawnTile[], id: string) => {
      set(tiles);
      const moved = tiles.find((tile) => tile.id === id);
      if (moved !== undefined) setSaid(spotWords(moved));
    };
    const insert = (tile: Omit<DrawnTile, 'x' | 'y'>) => {
      const placed = { ...tile, ...placeTile(tilesNow(), tile) };
      set([...tilesNow(), placed]);
      setSaid(`Added ${spotWords(placed)}`);
      latest.current.onConfigure(placed.id);
    };
    const deeds: TileDeeds = {
      onPlace: (tiles) => set(tiles),
      onMove: (id, direction: Direction) => place(moveTile(tilesNow(), id, direction), id),
      onResize: (id, direction: Direction) => place(resizeTile(tilesNow(), id, direction), id),
      onConfigure: (id) => latest.current.onConfigure(id),
      onDuplicate(id) {
        const tile = tilesNow().find((one) => one.id === id);
        if (tile !== undefined) insert({ ...tile, id: newTileId(), displayName: `${tile.displayName} (copy)` });
      },
      onDelete(id) {
        const tile = tilesNow().find((one) => one.id === id);
        set(settle(tilesNow().filter((one) => one.id !== id)));
        setSaid(`${tile?.displayName ?? 'The tile'} is deleted. Undo brings it back.`);
        latest.current.onConfigure(undefined);
      },
    };
    const add = (type: TileType) => {
      const { title, width, height } = TILE_KINDS[type];
      insert({ id: newTileId(), displayName: title, width, height, configuration: newConfiguration(type) });
    };
    const change = (tile: DrawnTile) => set(tilesNow().map((one) => (one.id === tile.id ? tile : one)));
    return { deeds, add, change };
  }, []);
  return { ...edited, said };
}

function newTileId(): string {
  return [...crypto.getRandomValues(new Uint8Array(12))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
