import 'react-grid-layout/css/styles.css';
import { useElementSize } from '@mantine/hooks';
import { useEffect, useMemo } from 'react';
import { GridLayout, type Layout } from 'react-grid-layout';
import type { DrawnTile } from '../../tiles/tile-configuration.ts';
import classes from './dashboards.module.css';
import { columnsOf, readingOrder, settle, TILE_SPAN_MAX } from './place-tiles.ts';
import { type TileDeeds, TileFrame } from './tile-frame.tsx';

interface DashboardGridProps {
  readonly tiles: readonly DrawnTile[];
  /** Null: nothing is changed, only looked at. */
  readonly deeds: TileDeeds | null;
}

/** Narrower than this, tiles stand one below the other. */
const NARROW_PIXELS = 640;
const ROW_PIXELS = 84;
const GAP_PIXELS = 12;

/** The tiles in their places; dragged by their heads and resized at their corners while the dashboard is being changed. */
export function DashboardGrid({ tiles, deeds }: DashboardGridProps) {
  const { ref, width } = useElementSize();
  useDraggableStyle();
  return (
    <div ref={ref}>
      {width > 0 &&
        (width < NARROW_PIXELS ? (
          <Column tiles={tiles} deeds={deeds} />
        ) : (
          <Grid tiles={tiles} deeds={deeds} width={width} />
        ))}
    </div>
  );
}

function Column({ tiles, deeds }: DashboardGridProps) {
  return (
    <div className={classes.column}>
      {readingOrder(tiles).map((tile) => (
        <div key={tile.id} style={{ height: tile.height * (ROW_PIXELS + GAP_PIXELS) - GAP_PIXELS }}>
          <TileFrame tile={tile} deeds={deeds} />
        </div>
      ))}
    </div>
  );
}

function Grid({ tiles, deeds, width }: DashboardGridProps & { readonly width: number }) {
  const layout = useMemo(() => tiles.map(layoutItem), [tiles]);
  const isEdited = deeds !== null;
  const apply = (next: Layout, moved: { readonly i: string } | null) => {
    deeds?.onPlace(
      settle(
        tiles.map((tile) => placed(tile, next)),
        moved?.i,
      ),
    );
  };
  return (
    <GridLayout
      className={classes.grid ?? ''}
      width={width}
      layout={layout}
      gridConfig={{
        cols: columnsOf(tiles),
        rowHeight: ROW_PIXELS,
        margin: [GAP_PIXELS, GAP_PIXELS],
        containerPadding: [0, 0],
      }}
      dragConfig={{ enabled: isEdited, handle: `.${classes.handle}`, cancel: 'button' }}
      resizeConfig={{ enabled: isEdited, handles: ['se'] }}
      onDragStop={(next, _old, moved) => apply(next, moved)}
      onResizeStop={(next, _old, moved) => apply(next, moved)}
    >
      {readingOrder(tiles).map((tile) => (
        <div key={tile.id} data-tile={tile.id}>
          <TileFrame tile={tile} deeds={deeds} />
        </div>
      ))}
    </GridLayout>
  );
}

function layoutItem({ id, x, y, width, height }: DrawnTile): Layout[number] {
  return { i: id, x, y, w: width, h: height, minW: 1, minH: 1, maxW: TILE_SPAN_MAX, maxH: TILE_SPAN_MAX };
}

function placed(tile: DrawnTile, layout: Layout): DrawnTile {
  const item = layout.find(({ i }) => i === tile.id);
  return item === undefined ? tile : { ...tile, x: item.x, y: item.y, width: item.w, height: item.h };
}

/**
 * While something is dragged, the grid's library would write a `<style>` element that keeps text from being selected, which the page's
 * policy refuses. It writes none where there is one by that name; ours is empty, and the stylesheet does the same.
 */
function useDraggableStyle(): void {
  useEffect(() => {
    const known = document.getElementById('react-draggable-style-el');
    if (known !== null) return;
    const element = document.createElement('meta');
    element.id = 'react-draggable-style-el';
    document.head.append(element);
  }, []);
}
