import { SegmentedControl } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { Exploration, ExplorationView } from '@viaduct/contracts';
import { useMemo } from 'react';
import { HistoryNotice } from '../../charts/history-notice.tsx';
import {
  EXPLORER_RANGE,
  EXPLORER_TABS,
  type ExplorerSearch,
  searchOf,
  viewOf,
} from '../../explorer/exploration-search.ts';
import classes from '../../explorer/explorer.module.css';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { TimeRangePicker } from '../../time-range/time-range-picker.tsx';
import { useTimeRange } from '../../time-range/use-time-range.ts';
import { PageHead } from '../../ui/page-head.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ExplorerActions } from './explorer-actions.tsx';
import { ExplorerChart } from './explorer-chart.tsx';
import { ExplorerQuery } from './explorer-query.tsx';
import { ExplorerTable } from './explorer-table.tsx';
import { SavedExplorations } from './saved-explorations.tsx';
import { ViewFields } from './view-fields.tsx';

const route = getRouteApi('/shell/explorer');
const TABS = [
  { value: 'chart', label: 'Chart' },
  { value: 'table', label: 'Table' },
  { value: 'query', label: 'Query' },
];

/** Charts of what devices said, clicked together or typed. All of it is in the address. */
export function ExplorerPage() {
  usePageTitle('Explorer');
  useFleetStream();
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const time = useTimeRange(EXPLORER_RANGE);
  const view = useMemo(() => viewOf(search), [search]);
  const go = (change: Partial<ExplorerSearch>, replace = true) =>
    void navigate({ search: (former) => ({ ...former, ...change }), replace });
  const change = (part: Partial<ExplorationView>) => {
    const { tab: _tab, ...next } = searchOf({ ...view, ...part });
    go(next);
  };
  const show = ({ id, view: kept }: Exploration) => void navigate({ search: { ...searchOf(kept), saved: id } });
  const tab = search.tab ?? 'chart';
  return (
    <>
      <PageHead
        title="Explorer"
        text="What devices said, over time: choose whose, choose what, and drag over the chart to look closer."
      />
      <div className={classes.columns} style={{ marginTop: 14 }}>
        <aside className={`card ${classes.side}`} aria-label="What is shown">
          <ViewFields view={view} onChange={change} />
          <SavedExplorations onOpen={show} />
        </aside>
        <section className={classes.main} aria-label="What was found">
          <HistoryNotice />
          <div className={classes.bar}>
            <TimeRangePicker control={time} />
            <ExplorerActions
              view={view}
              isTyped={tab === 'query'}
              savedId={search.saved}
              onSaved={({ id }) => go({ saved: id })}
              onRevert={show}
            />
          </div>
          <SegmentedControl
            classNames={{ label: 'segment' }}
            style={{ justifySelf: 'start' }}
            size="xs"
            aria-label="How it is shown"
            value={tab}
            data={TABS}
            onChange={(chosen) => go({ tab: EXPLORER_TABS.find((each) => each === chosen) })}
          />
          {tab === 'chart' && (
            <ExplorerChart
              view={view}
              isLive={time.isLive}
              onZoom={(range) => time.choose({ range })}
              onChange={change}
            />
          )}
          {tab === 'table' && <ExplorerTable view={view} isLive={time.isLive} />}
          {tab === 'query' && <ExplorerQuery view={view} onQuery={(q) => go({ q }, false)} />}
        </section>
      </div>
    </>
  );
}
