import { useQuery } from '@tanstack/react-query';
import type { Exploration } from '@viaduct/contracts';
import { useMemo } from 'react';
import { explorationQuery } from '../../api/explorations-client.ts';
import { ExplorationChart } from '../../explorer/exploration-chart.tsx';
import { QueryAnswerTable } from '../../explorer/query-answer-table.tsx';
import { useExploration } from '../../explorer/use-exploration.ts';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { rangeOf } from '../tile-source.ts';
import { Note, TileState } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';

interface DataExplorerTileProps {
  readonly title: string;
  readonly configuration: ConfigurationOf<'dataExplorer'>;
}

/** A saved exploration, clicked together or typed, over the time of the dashboard. */
export function DataExplorerTile({ title, configuration }: DataExplorerTileProps) {
  const id = configuration.query ?? '';
  const found = useQuery({ ...explorationQuery(id), enabled: id !== '' });
  const { range: ofPage } = useTileSurroundings();
  if (id === '') return <Note>Choose a saved exploration.</Note>;
  const { data } = found;
  return (
    <TileState isPending={found.isPending} problem={found.error} isEmpty={data === undefined}>
      {data?.view.query === undefined ? null : (
        <QueryAnswerTable query={data.view.query} range={rangeOf(configuration.queryRange, ofPage)} />
      )}
      {data !== undefined && data.view.query === undefined && (
        <ExploredLines title={title} configuration={configuration} view={data.view} />
      )}
    </TileState>
  );
}

function ExploredLines({ title, configuration, view }: DataExplorerTileProps & Pick<Exploration, 'view'>) {
  const { range: ofPage, isLive, onZoom } = useTileSurroundings();
  const { queryRange } = configuration;
  const shown = useMemo(() => ({ ...view, range: rangeOf(queryRange, ofPage) }), [view, queryRange, ofPage]);
  const series = useExploration(shown, isLive);
  return (
    <TileState {...series} isEmpty={series.lines.length === 0}>
      <ExplorationChart label={title} view={shown} series={series} onZoom={onZoom} />
    </TileState>
  );
}
