import { Group, Skeleton, Title } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { Dashboard, DashboardVariable } from '@viaduct/contracts';
import { useMemo, useState } from 'react';
import { dashboardQuery } from '../../api/dashboards-client.ts';
import { drawnTiles } from '../../tiles/tile-configuration.ts';
import { variableValues } from '../../tiles/tile-source.ts';
import { TileSurroundingsContext } from '../../tiles/tile-surroundings.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { DashboardGrid } from '../dashboards/dashboard-grid.tsx';
import { savedRange } from '../dashboards/dashboard-time.ts';
import { VariablesBar } from '../dashboards/variables-bar.tsx';
import classes from './overview.module.css';

/** The dashboard that one begins with, to be looked at; its own page has its time and everything that is done to it. */
export function LandingBoard({ dashboardId }: { readonly dashboardId: string }) {
  const dashboard = useQuery(dashboardQuery(dashboardId));
  if (dashboard.isError) return <ProblemAlert error={dashboard.error} />;
  return dashboard.isPending ? <Skeleton height={420} /> : <Board dashboard={dashboard.data} />;
}

const NO_VARIABLES: readonly DashboardVariable[] = [];

function Board({ dashboard: { id, displayName, tiles, extension } }: { readonly dashboard: Dashboard }) {
  const { timeRange, variables = NO_VARIABLES, refreshSeconds } = extension ?? {};
  const [chosen, setChosen] = useState<Readonly<Record<string, string>>>({});
  const values = useMemo(() => variableValues(variables, chosen), [variables, chosen]);
  const surroundings = useMemo(
    () => ({
      ...{ variables: values, range: savedRange(timeRange), isLive: false, isCompared: false },
      refreshSeconds,
      onZoom: undefined,
    }),
    [values, timeRange, refreshSeconds],
  );
  const drawn = useMemo(() => drawnTiles(tiles), [tiles]);
  return (
    <section aria-labelledby="landing-board">
      <Group gap="sm" mb="sm">
        <Title order={2} size="h4" id="landing-board">
          {displayName}
        </Title>
        <Link
          to="/dashboards/$dashboardId"
          params={{ dashboardId: id }}
          search={{ vars: chosen }}
          className={classes.more}
        >
          Open {displayName}
        </Link>
      </Group>
      <TileSurroundingsContext value={surroundings}>
        <VariablesBar
          variables={variables}
          values={values}
          onChoose={(name, value) => setChosen((former) => ({ ...former, [name]: value }))}
        />
        <DashboardGrid tiles={drawn} deeds={null} />
      </TileSurroundingsContext>
    </section>
  );
}
