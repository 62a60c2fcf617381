import { ActionIcon, Button, Skeleton, Stack, TextInput, Title } from '@mantine/core';
import { IconLayoutDashboard, IconMaximize, IconPencil } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { Dashboard, DashboardExtension, DashboardVariable } from '@viaduct/contracts';
import { useMemo, useState } from 'react';
import { dashboardQuery } from '../../api/dashboards-client.ts';
import { ConsoleRefusal } from '../../api/request.ts';
import { HistoryNotice } from '../../charts/history-notice.tsx';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { drawnTiles } from '../../tiles/tile-configuration.ts';
import { TileSurroundingsContext } from '../../tiles/tile-surroundings.ts';
import { rangeBetween } from '../../time-range/time-choice.ts';
import { TimeRangePicker } from '../../time-range/time-range-picker.tsx';
import { useTimeRange } from '../../time-range/use-time-range.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { sentence } from '../../ui/sentence.ts';
import { AddTilePanel } from './add-tile-panel.tsx';
import { DashboardGrid } from './dashboard-grid.tsx';
import { DashboardMenu } from './dashboard-menu.tsx';
import { rangeToSave, savedRange } from './dashboard-time.ts';
import classes from './dashboards.module.css';
import { DraftNotice, EditBar } from './edit-bar.tsx';
import { FavoriteButton } from './favorite-button.tsx';
import { TilePanel } from './tile-panel.tsx';
import { useDashboardSearch } from './use-dashboard-search.ts';
import { useDraft } from './use-draft.ts';
import { useFullScreen } from './use-full-screen.ts';
import { useTileDeeds } from './use-tile-deeds.ts';
import { VariablesBar } from './variables-bar.tsx';
import { VariablesPanel } from './variables-panel.tsx';

const route = getRouteApi('/shell/dashboards/$dashboardId');

/** One dashboard: looked at, or changed. */
export function DashboardPage() {
  const { dashboardId } = route.useParams();
  useFleetStream();
  const dashboard = useQuery(dashboardQuery(dashboardId));
  usePageTitle(dashboard.data?.displayName ?? dashboardId, 'Dashboards');
  if (dashboard.isPending) return <Skeleton height={420} />;
  if (dashboard.isError) {
    const absence = absenceOf(dashboard.error);
    if (absence === null) return <ProblemAlert error={dashboard.error} onRetry={() => void dashboard.refetch()} />;
    return (
      <EmptyState order={1} icon={IconLayoutDashboard} {...absence}>
        <ButtonLink to="/dashboards">Show all dashboards</ButtonLink>
      </EmptyState>
    );
  }
  return <KnownDashboard key={dashboardId} dashboard={dashboard.data} />;
}

/** Why there is no dashboard to show, in words; null where asking again may help. */
function absenceOf(error: Error): { readonly title: string; readonly text: string } | null {
  if (!(error instanceof ConsoleRefusal)) return null;
  if (error.row.http === 404) return { title: 'No such dashboard', text: 'It was deleted, or the link is not whole.' };
  if (error.row.http === 403) return { title: 'This dashboard is not shared with you', text: sentence(error.message) };
  return null;
}

function refreshed(
  { refreshSeconds: _former, ...others }: DashboardExtension = {},
  seconds?: number,
): DashboardExtension {
  return seconds === undefined ? others : { ...others, refreshSeconds: seconds };
}

const NO_VARIABLES: readonly DashboardVariable[] = [];

function KnownDashboard({ dashboard }: { readonly dashboard: Dashboard }) {
  const draft = useDraft(dashboard);
  const { content } = draft;
  const variables = content.extension?.variables ?? NO_VARIABLES;
  const search = useDashboardSearch(variables);
  const own = useMemo(() => savedRange(content.extension?.timeRange), [content.extension?.timeRange]);
  const time = useTimeRange(own ?? undefined, own === null);
  const [panel, setPanel] = useState<'add' | 'variables' | null>(null);
  const tiles = useMemo(() => drawnTiles(content.tiles), [content.tiles]);
  const edited = useTileDeeds(draft, (tile) => {
    setPanel(null);
    search.set({ tile });
  });
  const fullScreen = useFullScreen();
  const surroundings = useMemo(
    () => ({
      variables: search.values,
      // Without a time of the page's or the dashboard's, each tile has its own.
      range: !time.isSet && own === null ? null : time.range,
      isLive: time.isLive,
      isCompared: time.isCompared,
      refreshSeconds: content.extension?.refreshSeconds,
      onZoom: (span: Parameters<typeof rangeBetween>[0]) => time.choose({ range: rangeBetween(span), isLive: false }),
    }),
    [search.values, own, time, content.extension?.refreshSeconds],
  );
  const chosen = search.isEdited ? tiles.find(({ id }) => id === search.tile) : undefined;
  const extend = (part: Partial<DashboardExtension>) => draft.change({ extension: { ...content.extension, ...part } });
  const hasPanel = search.isEdited && (panel !== null || chosen !== undefined);
  return (
    <TileSurroundingsContext value={surroundings}>
      <div className={fullScreen.isFull ? classes.full : undefined}>
        <Stack gap="sm">
          <div className={classes.bar}>
            {!fullScreen.isFull && <Link to="/dashboards">Dashboards</Link>}
            {search.isEdited ? (
              <TextInput
                aria-label="Name of the dashboard"
                value={content.displayName}
                onChange={(event) => draft.change({ displayName: event.currentTarget.value })}
              />
            ) : (
              <Title order={1} className={classes.name}>
                {content.displayName}
              </Title>
            )}
            <FavoriteButton dashboard={dashboard} />
            <div className={`${classes.bar} ${classes.spread}`}>
              <TimeRangePicker control={time} canCompare {...(own === null ? { unset: "Each tile's own time" } : {})} />
              {!search.isEdited && (
                <Button
                  size="xs"
                  variant="default"
                  leftSection={<IconPencil size={14} aria-hidden="true" />}
                  onClick={() => search.set({ edit: true })}
                >
                  Change
                </Button>
              )}
              <ActionIcon
                size={30}
                variant="default"
                aria-label={fullScreen.isFull ? 'Leave the full screen' : 'Full screen'}
                aria-pressed={fullScreen.isFull}
                onClick={fullScreen.toggle}
              >
                <IconMaximize size={16} aria-hidden="true" />
              </ActionIcon>
              <DashboardMenu
                dashboard={dashboard}
                draft={draft}
                onKeepTime={() => extend({ timeRange: rangeToSave(time.range) })}
              />
            </div>
          </div>
          <VariablesBar variables={variables} values={search.values} onChoose={search.setVariable} />
          <DraftNotice draft={draft} isEdited={search.isEdited} onEdit={() => search.set({ edit: true })} />
          {search.isEdited && (
            <EditBar
              draft={draft}
              onAdd={() => setPanel('add')}
              onVariables={() => setPanel('variables')}
              onRefresh={(refreshSeconds) => draft.change({ extension: refreshed(content.extension, refreshSeconds) })}
              onDone={() => search.set({ edit: false })}
            />
          )}
          {tiles.length > 0 && <HistoryNotice />}
          <div className={classes.layout}>
            <div>
              {tiles.length === 0 && (
                <EmptyState
                  icon={IconLayoutDashboard}
                  title="No tiles yet"
                  text="A tile shows one thing: a line, a figure, a map, a button. Drag it where you want it, or move it with the arrow keys."
                >
                  <Button
                    onClick={() => {
                      search.set({ edit: true });
                      setPanel('add');
                    }}
                  >
                    Add the first tile
                  </Button>
                </EmptyState>
              )}
              <DashboardGrid tiles={tiles} deeds={search.isEdited ? edited.deeds : null} />
            </div>
            {hasPanel && panel === 'add' && <AddTilePanel onAdd={edited.add} onClose={() => setPanel(null)} />}
            {hasPanel && panel === 'variables' && (
              <VariablesPanel
                variables={variables}
                onChange={(next) => extend({ variables: next })}
                onClose={() => setPanel(null)}
              />
            )}
            {hasPanel && panel === null && chosen !== undefined && (
              <TilePanel
                key={chosen.id}
                tile={chosen}
                variables={variables}
                onChange={edited.change}
                onClose={() => search.set({ tile: undefined })}
              />
            )}
          </div>
          <p id="move-tiles" className="hidden-visually">
            Arrow keys move the tile, Shift and arrow keys change its size.
          </p>
          <div aria-live="assertive" className="hidden-visually">
            {edited.said}
          </div>
        </Stack>
      </div>
    </TileSurroundingsContext>
  );
}
