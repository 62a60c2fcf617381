import {
  type Icon,
  IconAlertTriangle,
  IconCalendarEvent,
  IconChartAreaLine,
  IconChartBar,
  IconChartHistogram,
  IconChartLine,
  IconChartPie,
  IconClockHour4,
  IconDeviceAnalytics,
  IconGauge,
  IconGridDots,
  IconHash,
  IconHeading,
  IconHistory,
  IconListDetails,
  IconMap2,
  IconMapPin,
  IconMarkdown,
  IconNumbers,
  IconPencil,
  IconPhoto,
  IconPlayerPlay,
  IconTable,
  IconTags,
  IconTerminal2,
  IconTimeline,
  IconWorldWww,
} from '@tabler/icons-react';
import type { TileConfiguration, TileType } from '@viaduct/contracts';

/** What a kind of tile is called, and what a new one is like. */
export interface TileKind {
  readonly title: string;
  readonly icon: Icon;
  readonly width: number;
  readonly height: number;
  /** Parts of its settings. */
  readonly needs: readonly TileNeed[];
}

/**
 * Parts of a tile's settings, in the order of the form:
 *   source      a group, and devices of it           range       its own time and resolution
 *   values      capabilities with their aggregates   chart       axes and legend
 *   conditions  colours by value                     text        decimals, size, wrapping
 */
export type TileNeed = 'source' | 'values' | 'range' | 'conditions' | 'chart' | 'axes' | 'text' | 'group' | 'device';

const LINES = ['source', 'values', 'range', 'chart', 'axes'] as const;
const PICTURE = ['source', 'values', 'range', 'chart'] as const;
const FIGURES = ['source', 'values', 'conditions', 'text'] as const;
const HAPPENINGS = ['source', 'values', 'range', 'conditions', 'text'] as const;

export const TILE_KINDS: Readonly<Record<TileType, TileKind>> = {
  lineChart: kind('Line chart', IconChartLine, 5, 3, LINES),
  kpi: kind('Figure', IconHash, 2, 2, ['source', 'values', 'range', 'conditions', 'text']),
  lkv: kind('Last value', IconClockHour4, 2, 2, FIGURES),
  gauge: kind('Gauge', IconGauge, 2, 2, FIGURES),
  barChart: kind('Bar chart', IconChartBar, 5, 3, PICTURE),
  pieChart: kind('Pie chart', IconChartPie, 3, 3, PICTURE),
  heatMapChart: kind('Heat map', IconGridDots, 5, 3, PICTURE),
  histogram: kind('Histogram', IconChartHistogram, 4, 3, PICTURE),
  comparison: kind('Comparison', IconChartAreaLine, 5, 3, ['source', 'values', 'range', 'axes']),
  table: kind('Table', IconTable, 5, 3, FIGURES),
  stateChart: kind('State chart', IconTimeline, 5, 2, ['source', 'values', 'range']),
  stateHistoryChart: kind('State history', IconHistory, 4, 3, HAPPENINGS),
  eventChart: kind('Event chart', IconCalendarEvent, 5, 2, ['source', 'values', 'range']),
  eventHistoryChart: kind('Event history', IconListDetails, 4, 3, HAPPENINGS),
  log: kind('Log', IconTerminal2, 5, 3, ['source', 'values', 'conditions']),
  alertList: kind('Alerts', IconAlertTriangle, 4, 3, ['source', 'conditions']),
  mapTelemetry: kind('Map', IconMap2, 5, 4, ['source', 'values']),
  mapProperty: kind('Map of a property', IconMapPin, 5, 4, ['source', 'values']),
  property: kind('Property', IconTags, 3, 2, FIGURES),
  writableProperty: kind('Writable property', IconPencil, 3, 2, ['device']),
  command: kind('Command', IconPlayerPlay, 3, 2, ['device']),
  commandPad: kind('Command pad', IconDeviceAnalytics, 3, 2, ['device']),
  deviceCount: kind('Number of devices', IconNumbers, 2, 2, ['group', 'text']),
  dataExplorer: kind('Saved exploration', IconChartAreaLine, 5, 3, ['range']),
  label: kind('Label', IconHeading, 4, 1, []),
  markdown: kind('Markdown', IconMarkdown, 3, 3, []),
  image: kind('Picture', IconPhoto, 3, 3, []),
  externalContent: kind('External content', IconWorldWww, 5, 4, []),
};

function kind(title: string, icon: Icon, width: number, height: number, needs: readonly TileNeed[]): TileKind {
  return { title, icon, width, height, needs };
}

const RANGE = { type: 'time', duration: 'PT1H' } as const;

/** What a new tile of a kind begins with. What both kinds have is taken along when a tile changes its kind. */
export function newConfiguration(type: TileType, former?: TileConfiguration): TileConfiguration {
  const had = (former ?? {}) as Partial<Record<string, unknown>>;
  const source = { group: had.group ?? '', devices: had.devices ?? [] };
  const { needs } = TILE_KINDS[type];
  return {
    type,
    ...(needs.includes('source') ? source : {}),
    ...(needs.includes('values') ? { capabilities: had.capabilities ?? [] } : {}),
    ...(needs.includes('range') ? { queryRange: had.queryRange ?? RANGE } : {}),
    ...(had.extension !== undefined && needs.includes('source') ? { extension: had.extension } : {}),
    ...OWN[type],
  } as TileConfiguration;
}

const OWN: Partial<Record<TileType, object>> = {
  command: { group: '', device: '', command: '' },
  commandPad: { device: '', commands: ['reboot'] },
  writableProperty: { device: '', properties: ['interval'] },
  deviceCount: { group: '' },
  label: { text: 'A heading' },
  markdown: { description: '**What this is**\n\nWrite in *Markdown*.' },
  externalContent: { sourceUrl: 'https://' },
};
