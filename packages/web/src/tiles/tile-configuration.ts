import type {
  QueryRange,
  TextFormat,
  Tile,
  TileCapability,
  TileConfiguration,
  TileData,
  TileType,
} from '@viaduct/contracts';

/** A tile that is drawn has an id: the server's, or the draft's until it is saved. */
export type DrawnTile = Tile & { readonly id: string };

/** Every tile that was saved has an id; a file that was not has its place. */
export function drawnTiles(tiles: readonly Tile[]): readonly DrawnTile[] {
  return tiles.map((tile, index) => ({ ...tile, id: tile.id ?? `tile-${index}` }));
}

/** The configuration of these types. */
export type ConfigurationOf<T extends TileType> = Extract<TileConfiguration, { readonly type: T }>;

export type ChartConfiguration = ConfigurationOf<'lineChart' | 'comparison' | 'histogram'> | PictureConfiguration;
type PictureConfiguration = Extract<TileConfiguration, { readonly type: 'barChart' | 'pieChart' | 'heatMapChart' }>;

/** Of tiles that are text about a time: figures, and lists of what happened. */
export interface TextConfiguration extends TileData {
  readonly type: TileType;
  readonly queryRange?: QueryRange;
  readonly format?: TextFormat;
  /** Of logs. */
  readonly contains?: string;
  readonly limit?: number;
}

/** Of tiles that show what was said last. */
export interface ValueConfiguration extends TileData {
  readonly type: TileType;
  readonly format?: TextFormat;
}

export interface BandConfiguration extends TileData {
  readonly type: TileType;
  readonly queryRange: QueryRange;
}

export interface MapConfiguration extends TileData {
  readonly type: TileType;
  readonly zoomLevel?: number;
}

export type AggregateFunction = TileCapability['aggregateFunction'];
