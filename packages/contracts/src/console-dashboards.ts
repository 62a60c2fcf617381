/**
 * Dashboards: tiles on a grid. The documents are those of the REST interface (`Dashboard` of 2022-10-31-preview); what is ours stands in
 * `extension`, and in tile types that Azure does not have.
 *
 *     GET    /dashboards                 DashboardSummary[]: shared ones and one's own, by name
 *     POST   /dashboards                 NewDashboard → Dashboard, 201
 *     GET    /dashboards/:id             Dashboard
 *     PUT    /dashboards/:id             DashboardChange → Dashboard; 412 when somebody else changed it meanwhile
 *     DELETE /dashboards/:id             204
 *     PUT    /dashboards/:id/favorite    {favorite} → 204; one's own mark, no change of the dashboard
 *     POST   /dashboards/:id/copy        {displayName, personal} → Dashboard, 201
 *     POST   /dashboards/:id/tiles       NewTile → Dashboard: pinned below what is there
 *     GET    /dashboards/:id/file        DashboardFile, as a download
 *     POST   /dashboards/import          DashboardImport → Dashboard, 201
 *     GET    /landing-dashboards         LandingDashboards: what who asks begins with
 *     PUT    /landing-dashboards         LandingChange → LandingDashboards
 *
 * A personal dashboard of somebody else is refused with 403 and their name; whoever has its link is told so.
 */
export interface Dashboard extends DashboardContent {
  readonly id: string;
  /** Seen and changed by its owner only. */
  readonly personal: boolean;
  /** Marked by who asks. */
  readonly favorite: boolean;
  /** Who made it. */
  readonly owner: string;
  readonly etag: string;
  /** ISO 8601. */
  readonly updatedAt: string;
}

export type DashboardSummary = Omit<Dashboard, 'tiles' | 'extension'> & {
  readonly description: string | null;
  readonly tileCount: number;
};

export interface DashboardContent {
  readonly displayName: string;
  readonly tiles: readonly Tile[];
  readonly organizations?: readonly string[];
  readonly extension?: DashboardExtension;
}

export interface NewDashboard extends DashboardContent {
  readonly personal: boolean;
}

export interface DashboardChange extends NewDashboard {
  /** What was read; a change meanwhile is not overwritten. */
  readonly etag: string;
}

/** What a dashboard is as a file: no ids, no owner, no etag. */
export interface DashboardFile extends DashboardContent {
  readonly $schema: typeof DASHBOARD_FILE_SCHEMA;
}
export const DASHBOARD_FILE_SCHEMA = 'urn:viaduct:dashboard:1';

export interface DashboardImport {
  readonly file: DashboardFile;
  readonly personal: boolean;
}

/** Ids of dashboards that who asks may see. One's own choice counts before everybody's. */
export interface LandingDashboards {
  readonly own: string | null;
  readonly everybody: string | null;
}

export interface LandingChange {
  readonly whose: keyof LandingDashboards;
  /** Null takes the choice back. Everybody's is one that is shared. */
  readonly dashboardId: string | null;
}

export interface DashboardExtension {
  readonly description?: string;
  /** What tiles show that follow the dashboard; each tile's own range where absent. */
  readonly timeRange?: DashboardTimeRange;
  /** How often what is not live is asked anew; 0 for never. */
  readonly refreshSeconds?: number;
  readonly variables?: readonly DashboardVariable[];
}

/** `now`, `now-PT1H` or an ISO 8601 time. */
export interface DashboardTimeRange {
  readonly from: string;
  readonly to: string;
}

/** What a viewer chooses. `$name` stands for it as the group, or among the devices, of a tile. */
export interface DashboardVariable {
  readonly name: string;
  readonly displayName?: string;
  readonly kind: 'group' | 'device' | 'template';
  /** Of a device: the group that it is chosen from. */
  readonly group?: string;
  readonly initialValue?: string;
}

export interface Tile {
  /** Given by the server; kept while the tile lives. */
  readonly id?: string;
  readonly displayName: string;
  readonly x: number;
  readonly y: number;
  /** 1 to 10. */
  readonly width: number;
  readonly height: number;
  readonly configuration: TileConfiguration;
}

/** Where it goes is found by the server. */
export type NewTile = Omit<Tile, 'id' | 'x' | 'y'>;

export type TileConfiguration =
  | ({ readonly type: 'lineChart'; readonly queryRange: QueryRange; readonly format?: ChartFormat } & TileData)
  | ({
      readonly type: 'barChart' | 'pieChart' | 'heatMapChart';
      readonly queryRange: TimeQueryRange;
      readonly format?: ChartFormat;
    } & TileData)
  | ({ readonly type: 'eventChart' | 'stateChart'; readonly queryRange: TimeQueryRange } & TileData)
  | ({
      readonly type: 'eventHistoryChart' | 'stateHistoryChart' | 'kpi';
      readonly queryRange: TimeQueryRange;
      readonly format?: TextFormat;
    } & TileData)
  | ({ readonly type: 'lkv'; readonly showTrend?: boolean; readonly format?: TextFormat } & TileData)
  | ({ readonly type: 'property'; readonly format?: TextFormat } & TileData)
  | ({ readonly type: 'mapProperty' | 'mapTelemetry'; readonly zoomLevel?: number } & TileData)
  | ({
      readonly type: 'command';
      readonly group?: string;
      readonly device: string;
      readonly command: string;
    } & Extended)
  | ({ readonly type: 'dataExplorer'; readonly queryRange: TimeQueryRange; readonly query?: string } & Extended)
  | ({ readonly type: 'deviceCount'; readonly group?: string; readonly format?: TextFormat } & Extended)
  | ({ readonly type: 'externalContent'; readonly sourceUrl: string } & Extended)
  | ({
      readonly type: 'image';
      readonly image?: string;
      readonly href?: string;
      readonly format?: ImageFormat;
    } & Extended)
  | ({
      readonly type: 'label';
      readonly text: string;
      readonly textSize?: number;
      readonly textSizeUnit?: 'pt';
      readonly wordWrap?: boolean;
    } & Extended)
  | ({
      readonly type: 'markdown';
      readonly description: string;
      readonly href?: string;
      readonly image?: string;
    } & Extended)
  // Ours.
  | ({ readonly type: 'gauge'; readonly min?: number; readonly max?: number; readonly format?: TextFormat } & TileData)
  | ({
      readonly type: 'table';
      readonly queryRange?: TimeQueryRange;
      readonly format?: TextFormat;
      readonly limit?: number;
    } & TileData)
  | ({
      readonly type: 'alertList';
      readonly group: string;
      readonly devices?: readonly string[];
      readonly queryRange?: TimeQueryRange;
      readonly limit?: number;
    } & Extended)
  | ({
      readonly type: 'commandPad';
      readonly group?: string;
      readonly device: string;
      readonly commands: readonly string[];
    } & Extended)
  | ({
      readonly type: 'writableProperty';
      readonly group?: string;
      readonly device: string;
      readonly properties: readonly string[];
    } & Extended)
  | ({
      readonly type: 'comparison';
      readonly queryRange: TimeQueryRange;
      readonly compareWith?: 'previousPeriod' | 'previousDay' | 'previousWeek';
      readonly format?: TextFormat;
    } & TileData)
  | ({
      readonly type: 'histogram';
      readonly queryRange: TimeQueryRange;
      readonly buckets?: number;
      readonly format?: ChartFormat;
    } & TileData)
  | ({ readonly type: 'log'; readonly limit?: number; readonly contains?: string } & TileData);
export type TileType = TileConfiguration['type'];

/** What a tile is about. */
export interface TileData extends Extended {
  /** Id of a device group, or `$name` of a variable. */
  readonly group: string;
  /** Of that group; empty for all of it. `$name` stands for a variable. */
  readonly devices: readonly string[];
  readonly capabilities?: readonly TileCapability[];
}

export interface TileCapability {
  /** Name of a telemetry or property; `component.name` of a component's. */
  readonly capability: string;
  readonly aggregateFunction: 'sum' | 'count' | 'max' | 'min' | 'avg';
}

export type QueryRange = TimeQueryRange | { readonly type: 'count'; readonly count: number };

export interface TimeQueryRange {
  readonly type: 'time';
  readonly duration: 'PT30M' | 'PT1H' | 'PT12H' | 'P1D' | 'P1W' | 'P30D';
  readonly resolution?: 'PT1M' | 'PT5M' | 'PT10M' | 'PT30M' | 'PT1H' | 'PT12H' | 'P1D' | 'P1W';
}

export interface ChartFormat {
  readonly xAxisEnabled?: boolean;
  readonly yAxisEnabled?: boolean;
  readonly legendEnabled?: boolean;
}

export interface TextFormat {
  readonly abbreviateValue?: boolean;
  readonly decimalPlaces?: number;
  readonly textSize?: number;
  readonly unit?: 'pt';
  readonly wordWrap?: boolean;
}

export interface ImageFormat {
  readonly backgroundColor?: string;
  readonly fitImage?: boolean;
  readonly textColor?: string;
  readonly textSize?: number;
  readonly textSizeUnit?: 'px';
  readonly showTitle?: boolean;
}

export interface Extended {
  readonly extension?: TileExtension;
}

/** How a tile is drawn beyond what Azure knows. */
export interface TileExtension {
  /** `#rrggbb` by capability, or by `capability/deviceId` where devices are lines of their own. */
  readonly colors?: Readonly<Record<string, string>>;
  /** The first that holds gives the colour. */
  readonly conditions?: readonly TileCondition[];
  readonly splitBy?: 'none' | 'device';
  readonly axes?: AxesChoice;
  /** Of the value axis. */
  readonly min?: number;
  readonly max?: number;
  /** Lowest and highest of each bucket, behind the line. */
  readonly showEnvelope?: boolean;
}

/**
 * How lines share the height of a chart.
 *
 *     shared    one axis for all
 *     overlap   an axis each, drawn over each other
 *     lanes     a chart each, one below the other
 *     stacked   on top of each other: each begins where the one before it ends
 */
export type AxesChoice = 'shared' | 'overlap' | 'lanes' | 'stacked';

export interface TileCondition {
  /** Every one of the tile where absent. */
  readonly capability?: string;
  readonly operator: 'lt' | 'le' | 'eq' | 'ne' | 'ge' | 'gt';
  readonly value: number | string | boolean;
  readonly color: string;
  readonly label?: string;
}
