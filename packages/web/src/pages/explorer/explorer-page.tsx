import { Tabs } from '@mantine/core';
import { getRouteApi } from '@tanstack/react-router';
import type { ExplorationView } from '@viaduct/contracts';
import { useMemo } from 'react';
import { EXPLORER_TABS, type ExplorerSearch, searchOf, viewOf } from '../../explorer/exploration-search.ts';
import classes from '../../explorer/explorer.module.css';
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
const TITLES = { chart: 'Chart', table: 'Table', query: 'Query' } as const;

/** Charts of what devices said, clicked together or typed. All of it is in the address. */
export function ExplorerPage() {
  usePageTitle('Explorer');
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const time = useTimeRange();
  const view = useMemo(() => viewOf(search), [search]);
  const go = (change: Partial<ExplorerSearch>, replace = true) =>
    void navigate({ search: (former) => ({ ...former, ...change }), replace });
  const change = (part: Partial<ExplorationView>) => {
    const { tab: _tab, ...next } = searchOf({ ...view, ...part });
    go(next);
  };
  const show = (saved: ExplorationView) => void navigate({ search: searchOf(saved) });
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
          <div className={classes.bar}>
            <TimeRangePicker control={time} />
            <ExplorerActions view={view} isTyped={tab === 'query'} />
          </div>
          <Tabs
            value={tab}
            onChange={(chosen) => go({ tab: EXPLORER_TABS.find((each) => each === chosen) })}
            keepMounted={false}
          >
            <Tabs.List mb="sm">
              {(['chart', ...EXPLORER_TABS] as const).map((each) => (
                <Tabs.Tab key={each} value={each}>
                  {TITLES[each]}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="chart">
              <ExplorerChart
                view={view}
                isLive={time.isLive}
                onZoom={(range) => time.choose({ range })}
                onChange={change}
              />
            </Tabs.Panel>
            <Tabs.Panel value="table">
              <ExplorerTable view={view} isLive={time.isLive} />
            </Tabs.Panel>
            <Tabs.Panel value="query">
              <ExplorerQuery view={view} onQuery={(q) => go({ q }, false)} />
            </Tabs.Panel>
          </Tabs>
        </section>
      </div>
    </>
  );
}
