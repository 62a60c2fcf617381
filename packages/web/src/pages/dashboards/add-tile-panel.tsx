import { CloseButton } from '@mantine/core';
import type { TileType } from '@viaduct/contracts';
import { TILE_KINDS } from '../../tiles/tile-kinds.ts';
import classes from './dashboards.module.css';

interface AddTilePanelProps {
  readonly onAdd: (type: TileType) => void;
  readonly onClose: () => void;
}

/** A new tile, begun from what it shall look like. */
export function AddTilePanel({ onAdd, onClose }: AddTilePanelProps) {
  return (
    <aside className={`card ${classes.panel}`} aria-label="Add a tile">
      <div className={classes.bar}>
        <h2 className={classes.title}>Add a tile</h2>
        <CloseButton aria-label="Close the list of tiles" onClick={onClose} />
      </div>
      <div className={classes.kinds}>
        {Object.entries(TILE_KINDS).map(([type, { title, icon: Glyph }]) => (
          <button key={type} type="button" className={classes.kind} onClick={() => onAdd(type as TileType)}>
            <Glyph size={18} stroke={1.6} aria-hidden="true" />
            {title}
          </button>
        ))}
      </div>
    </aside>
  );
}
