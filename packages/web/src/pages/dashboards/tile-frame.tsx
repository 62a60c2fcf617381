import { ActionIcon, Menu } from '@mantine/core';
import { IconArrowsMove, IconCopy, IconDots, IconSettings, IconTrash } from '@tabler/icons-react';
import { type KeyboardEvent, memo } from 'react';
import { TileBody } from '../../tiles/tile-body.tsx';
import type { DrawnTile } from '../../tiles/tile-configuration.ts';
import { Fence } from '../../ui/fence.tsx';
import classes from './dashboards.module.css';
import type { Direction } from './place-tiles.ts';

/** What can be done to tiles while the dashboard is being changed. */
export interface TileDeeds {
  onPlace(tiles: readonly DrawnTile[]): void;
  onMove(id: string, direction: Direction): void;
  onResize(id: string, direction: Direction): void;
  onConfigure(id: string): void;
  onDuplicate(id: string): void;
  onDelete(id: string): void;
}

interface TileFrameProps {
  readonly tile: DrawnTile;
  readonly deeds: TileDeeds | null;
}

const DIRECTIONS: Readonly<Record<string, Direction>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** A tile with its title, and what can be done to it. */
export const TileFrame = memo(function TileFrame({ tile, deeds }: TileFrameProps) {
  const { displayName, configuration } = tile;
  // A label is its own title, and a picture shows it where its format says so.
  const isBare = deeds === null && ['label', 'image'].includes(configuration.type);
  return (
    <section className={`card ${classes.tile}`} aria-label={displayName}>
      {!isBare && (
        <header className={`${classes.head} ${deeds === null ? '' : classes.handle}`}>
          <h2 className={classes.title}>{displayName}</h2>
          {deeds !== null && <TileTools tile={tile} deeds={deeds} />}
        </header>
      )}
      <div className={classes.body}>
        <Fence>
          <TileBody tile={tile} />
        </Fence>
      </div>
    </section>
  );
});

function TileTools({ tile, deeds }: { readonly tile: DrawnTile; readonly deeds: TileDeeds }) {
  const { id, displayName } = tile;
  const onKeyDown = (event: KeyboardEvent) => {
    const direction = DIRECTIONS[event.key];
    if (direction === undefined) return;
    event.preventDefault();
    if (event.shiftKey) deeds.onResize(id, direction);
    else deeds.onMove(id, direction);
  };
  return (
    <span className={classes.tools}>
      <ActionIcon
        size={26}
        variant="subtle"
        color="gray"
        aria-label={`Move or resize ${displayName}`}
        aria-describedby="move-tiles"
        title="Arrow keys move, Shift and arrow keys resize"
        onKeyDown={onKeyDown}
      >
        <IconArrowsMove size={15} aria-hidden="true" />
      </ActionIcon>
      <ActionIcon
        size={26}
        variant="subtle"
        color="gray"
        aria-label={`Configure ${displayName}`}
        onClick={() => deeds.onConfigure(id)}
      >
        <IconSettings size={15} aria-hidden="true" />
      </ActionIcon>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon size={26} variant="subtle" color="gray" aria-label={`More for ${displayName}`}>
            <IconDots size={15} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconCopy size={15} />} onClick={() => deeds.onDuplicate(id)}>
            Duplicate
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={15} />} onClick={() => deeds.onDelete(id)}>
            Delete
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
    </span>
  );
}
