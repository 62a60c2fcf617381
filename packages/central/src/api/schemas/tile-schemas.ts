import { LIMITS } from '@viaduct/contracts';
import {
  array,
  FLAG,
  integer,
  type JsonSchema,
  number,
  object,
  oneOf,
  ref,
  type Schemas,
  text,
  union,
  variant,
} from './schema.ts';

const EXTENSION = { extension: ref('TileExtension') };
const GROUP = { group: text(), devices: array(text(), { maxItems: 100 }) };
const CAPABILITIES = { capabilities: array(ref('TileCapability'), { maxItems: LIMITS.TILE_CAPABILITIES_MAX }) };
const DATA = { ...GROUP, ...CAPABILITIES, ...EXTENSION };
const TIMES = { queryRange: ref('TimeQueryRangeConfiguration') };
const CHART = { format: ref('ChartFormatConfiguration') };
const TEXTS = { format: ref('TextFormatConfiguration') };
const MAP = { ...DATA, zoomLevel: number({ minimum: 0, maximum: 24 }) };
const LONG_TEXT = text({ maxLength: LIMITS.DASHBOARD_TEXT_CHARACTERS_MAX });
const IMAGE = text({ maxLength: LIMITS.DASHBOARD_IMAGE_CHARACTERS_MAX });
const COUNT = integer({ minimum: 1, maximum: 1_000 });

/** Tiles of groups need to say which group, and of which devices; an empty list is the whole group. */
function groupTile(type: string, members: Schemas, ...required: readonly string[]): JsonSchema {
  return variant(type, { ...DATA, ...members }, 'group', 'devices', ...required);
}

/** The 20 kinds that Azure has. */
const AZURE_TILES: Schemas = {
  BarChartConfiguration: groupTile('barChart', { ...CHART, ...TIMES }, 'queryRange'),
  CommandConfiguration: variant(
    'command',
    { group: text(), device: text(), command: text(), ...EXTENSION },
    'device',
    'command',
  ),
  DataExplorerTileConfiguration: variant('dataExplorer', { ...TIMES, query: text(), ...EXTENSION }, 'queryRange'),
  DeviceCountTileConfiguration: variant('deviceCount', { group: text(), ...TEXTS, ...EXTENSION }),
  EventChartConfiguration: groupTile('eventChart', TIMES, 'queryRange'),
  EventHistoryChartConfiguration: groupTile('eventHistoryChart', { ...TIMES, ...TEXTS }, 'queryRange'),
  ExternalContentTileConfiguration: variant(
    'externalContent',
    { sourceUrl: text({ maxLength: LIMITS.DASHBOARD_TEXT_CHARACTERS_MAX }), ...EXTENSION },
    'sourceUrl',
  ),
  HeatMapConfiguration: groupTile('heatMapChart', { ...TIMES, ...CHART }, 'queryRange'),
  ImageTileConfiguration: variant('image', {
    image: IMAGE,
    href: LONG_TEXT,
    format: object({
      backgroundColor: text(),
      fitImage: FLAG,
      textColor: text(),
      textSize: number(),
      textSizeUnit: oneOf('px'),
      showTitle: FLAG,
    }),
    ...EXTENSION,
  }),
  KpiTileConfiguration: groupTile('kpi', { ...TIMES, ...TEXTS }, 'queryRange'),
  LabelTileConfiguration: variant(
    'label',
    {
      text: text({ minLength: 1, maxLength: LIMITS.DASHBOARD_TEXT_CHARACTERS_MAX }),
      textSize: number(),
      textSizeUnit: oneOf('pt'),
      wordWrap: FLAG,
      ...EXTENSION,
    },
    'text',
  ),
  LineChartConfiguration: groupTile(
    'lineChart',
    { queryRange: ref('QueryRangeConfiguration'), ...CHART },
    'queryRange',
  ),
  LkvTileConfiguration: groupTile('lkv', { showTrend: FLAG, ...TEXTS }),
  MapPropertyConfiguration: variant('mapProperty', MAP, 'group', 'devices'),
  MapTelemetryConfiguration: variant('mapTelemetry', MAP, 'group', 'devices'),
  MarkdownTileConfiguration: variant(
    'markdown',
    { description: LONG_TEXT, href: LONG_TEXT, image: IMAGE, ...EXTENSION },
    'description',
  ),
  PieChartConfiguration: groupTile('pieChart', { ...TIMES, ...CHART }, 'queryRange'),
  PropertyTileConfiguration: groupTile('property', TEXTS),
  StateChartConfiguration: groupTile('stateChart', TIMES, 'queryRange'),
  StateHistoryChartConfiguration: groupTile('stateHistoryChart', { ...TIMES, ...TEXTS }, 'queryRange'),
};

/** The kinds that we add. */
const OWN_TILES: Schemas = {
  GaugeTileConfiguration: groupTile('gauge', { ...TEXTS, min: number(), max: number() }),
  TableTileConfiguration: groupTile('table', { ...TIMES, ...TEXTS, limit: COUNT }),
  AlertListTileConfiguration: variant('alertList', { ...GROUP, ...TIMES, limit: COUNT, ...EXTENSION }, 'group'),
  CommandPadTileConfiguration: variant(
    'commandPad',
    { group: text(), device: text(), commands: array(text(), { minItems: 1, maxItems: 20 }), ...EXTENSION },
    'device',
    'commands',
  ),
  WritablePropertyTileConfiguration: variant(
    'writableProperty',
    { group: text(), device: text(), properties: array(text(), { minItems: 1, maxItems: 20 }), ...EXTENSION },
    'device',
    'properties',
  ),
  ComparisonTileConfiguration: groupTile(
    'comparison',
    { ...TIMES, ...TEXTS, compareWith: oneOf('previousPeriod', 'previousDay', 'previousWeek') },
    'queryRange',
  ),
  HistogramTileConfiguration: groupTile(
    'histogram',
    { ...TIMES, ...CHART, buckets: integer({ minimum: 2, maximum: 100 }) },
    'queryRange',
  ),
  LogTileConfiguration: groupTile('log', { limit: COUNT, contains: text({ maxLength: 256 }) }),
};

/** What a tile shows, by `type`. */
export const TILE_SCHEMAS: Schemas = {
  TileConfiguration: union(...Object.keys(AZURE_TILES), ...Object.keys(OWN_TILES)),
  ...AZURE_TILES,
  ...OWN_TILES,
  TileCapability: object(
    { capability: text({ minLength: 1 }), aggregateFunction: oneOf('sum', 'count', 'max', 'min', 'avg') },
    'capability',
    'aggregateFunction',
  ),
  QueryRangeConfiguration: union('TimeQueryRangeConfiguration', 'CountQueryRangeConfiguration'),
  TimeQueryRangeConfiguration: variant(
    'time',
    {
      duration: oneOf('PT30M', 'PT1H', 'PT12H', 'P1D', 'P1W', 'P30D'),
      resolution: oneOf('PT1M', 'PT5M', 'PT10M', 'PT30M', 'PT1H', 'PT12H', 'P1D', 'P1W'),
    },
    'duration',
  ),
  CountQueryRangeConfiguration: variant('count', { count: integer({ minimum: 1, maximum: 100 }) }, 'count'),
  ChartFormatConfiguration: object({ xAxisEnabled: FLAG, yAxisEnabled: FLAG, legendEnabled: FLAG }),
  TextFormatConfiguration: object({
    abbreviateValue: FLAG,
    decimalPlaces: integer({ minimum: 0, maximum: 20 }),
    textSize: number(),
    unit: oneOf('pt'),
    wordWrap: FLAG,
  }),
  /** Ours: how a tile is drawn beyond what Azure knows. */
  TileExtension: object({
    /** By capability, or by `capability/deviceId` where devices are lines of their own. */
    colors: { type: 'object', additionalProperties: text({ pattern: '^#[0-9a-fA-F]{6}$' }) },
    conditions: array(ref('TileCondition'), { maxItems: 20 }),
    splitBy: oneOf('none', 'device'),
    axes: oneOf('shared', 'overlap', 'lanes', 'stacked'),
    min: number(),
    max: number(),
    showEnvelope: FLAG,
  }),
  /** The first that holds gives the colour. */
  TileCondition: object(
    {
      capability: text(),
      operator: oneOf('lt', 'le', 'eq', 'ne', 'ge', 'gt'),
      value: { type: ['number', 'string', 'boolean'] },
      color: text({ pattern: '^#[0-9a-fA-F]{6}$' }),
      label: text({ maxLength: 64 }),
    },
    'operator',
    'value',
    'color',
  ),
};
