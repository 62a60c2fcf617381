import { AlertListTile } from './kinds/alert-list-tile.tsx';
import { BandTile } from './kinds/band-tile.tsx';
import { BarChartTile } from './kinds/bar-chart-tile.tsx';
import { CommandTile } from './kinds/command-tile.tsx';
import { DataExplorerTile } from './kinds/data-explorer-tile.tsx';
import { DeviceCountTile } from './kinds/device-count-tile.tsx';
import { GaugeTile } from './kinds/gauge-tile.tsx';
import { HeatMapTile } from './kinds/heat-map-tile.tsx';
import { HistogramTile } from './kinds/histogram-tile.tsx';
import { HistoryTile } from './kinds/history-tile.tsx';
import { KpiTile } from './kinds/kpi-tile.tsx';
import { LineChartTile } from './kinds/line-chart-tile.tsx';
import { LkvTile } from './kinds/lkv-tile.tsx';
import { MapPropertyTile, MapTelemetryTile } from './kinds/map-tile.tsx';
import { PieChartTile } from './kinds/pie-chart-tile.tsx';
import { PropertyTile } from './kinds/property-tile.tsx';
import { ExternalContentTile, ImageTile, LabelTile, MarkdownTile } from './kinds/static-tiles.tsx';
import { TableTile } from './kinds/table-tile.tsx';
import { WritablePropertyTile } from './kinds/writable-property-tile.tsx';
import type { DrawnTile } from './tile-configuration.ts';
import { Note } from './tile-state.tsx';

/** What is inside a tile, by its type: the 20 of Azure IoT Central, and eight of ours. */
export function TileBody({ tile: { displayName: title, configuration } }: { readonly tile: DrawnTile }) {
  switch (configuration.type) {
    case 'lineChart':
    case 'comparison':
      return <LineChartTile title={title} configuration={configuration} />;
    case 'barChart':
      return <BarChartTile title={title} configuration={configuration} />;
    case 'pieChart':
      return <PieChartTile title={title} configuration={configuration} />;
    case 'heatMapChart':
      return <HeatMapTile title={title} configuration={configuration} />;
    case 'histogram':
      return <HistogramTile title={title} configuration={configuration} />;
    case 'eventChart':
    case 'stateChart':
      return <BandTile title={title} configuration={configuration} />;
    case 'eventHistoryChart':
    case 'stateHistoryChart':
    case 'log':
      return <HistoryTile title={title} configuration={configuration} />;
    case 'kpi':
      return <KpiTile configuration={configuration} />;
    case 'lkv':
      return <LkvTile configuration={configuration} />;
    case 'gauge':
      return <GaugeTile title={title} configuration={configuration} />;
    case 'table':
      return <TableTile title={title} configuration={configuration} />;
    case 'alertList':
      return <AlertListTile title={title} configuration={configuration} />;
    case 'property':
      return <PropertyTile title={title} configuration={configuration} />;
    case 'writableProperty':
      return <WritablePropertyTile configuration={configuration} />;
    case 'command':
    case 'commandPad':
      return <CommandTile configuration={configuration} />;
    case 'deviceCount':
      return <DeviceCountTile configuration={configuration} />;
    case 'mapTelemetry':
      return <MapTelemetryTile title={title} configuration={configuration} />;
    case 'mapProperty':
      return <MapPropertyTile title={title} configuration={configuration} />;
    case 'dataExplorer':
      return <DataExplorerTile title={title} configuration={configuration} />;
    case 'label':
      return <LabelTile configuration={configuration} />;
    case 'markdown':
      return <MarkdownTile title={title} configuration={configuration} />;
    case 'image':
      return <ImageTile title={title} configuration={configuration} />;
    case 'externalContent':
      return <ExternalContentTile title={title} configuration={configuration} />;
    default:
      configuration satisfies never;
      return <Note>This console does not know this kind of tile.</Note>;
  }
}
