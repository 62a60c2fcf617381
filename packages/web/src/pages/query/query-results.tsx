import { Button, Menu } from '@mantine/core';
import { IconDownload, IconTableOff } from '@tabler/icons-react';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { DeviceIdentity, FleetQueryPage } from '@viaduct/contracts';
import { useMemo, useState } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { notifyProblem } from '../../ui/notify.ts';
import { saveFile } from '../../ui/save-file.ts';
import { BulkMenu } from './bulk/bulk-menu.tsx';
import { type BulkTarget, COLLECTED_MAX } from './bulk/bulk-target.ts';
import { columnsOf } from './columns-of.ts';
import { conditionOf } from './condition-of.ts';
import { resultsAsCsv, resultsAsJson } from './download-results.ts';
import { ItemDialog } from './item-dialog.tsx';
import classes from './query.module.css';
import { ResultTable } from './result-table.tsx';
import { identityOf, type Ticks, useTicks } from './use-ticks.ts';

type Answer = UseInfiniteQueryResult<InfiniteData<FleetQueryPage>>;

interface QueryResultsProps {
  readonly query: string;
  readonly answer: Answer;
  readonly items: readonly unknown[];
}

/** What the query found: look at it, take it away, act on it. */
export function QueryResults({ query, answer, items }: QueryResultsProps) {
  const [opened, setOpened] = useState<unknown>(null);
  const columns = useMemo(() => columnsOf(answer.data?.pages ?? []), [answer.data]);
  const ticks = useTicks(items);
  const target = targetOf(query, ticks);
  if (items.length === 0) {
    return (
      <div className="card">
        <EmptyState
          icon={IconTableOff}
          title="Nothing found"
          text="The query is well formed, and nothing in the fleet fits it now. Names of properties and texts are compared by upper and lower case."
        />
      </div>
    );
  }
  return (
    <section className={`card ${classes.frame}`} aria-label="Results">
      <div className={classes.bar}>
        <span className="number" role="status">
          {items.length.toLocaleString('en')}
          {answer.hasNextPage ? ' rows so far' : items.length === 1 ? ' row' : ' rows'}
          {ticks.count > 0 && `, ${ticks.count.toLocaleString('en')} ticked`}
        </span>
        <div className={classes.barEnd}>
          <Download columns={columns} answer={answer} />
          {ticks.isPossible && (
            <BulkMenu
              target={target}
              isOfModules={items.some((item) => identityOf(item)?.moduleId !== undefined)}
              onCollect={async () => ({ kind: 'ticked', identities: (await fetchAll(answer)).flatMap(identitiesOf) })}
            />
          )}
        </div>
      </div>
      <ResultTable
        columns={columns}
        items={items}
        ticks={ticks}
        onOpen={setOpened}
        onEnd={() => {
          if (answer.hasNextPage && !answer.isFetchingNextPage) void answer.fetchNextPage();
        }}
      />
      <LoadMore pages={answer} />
      <ItemDialog item={opened} onClose={() => setOpened(null)} />
    </section>
  );
}

function targetOf(query: string, ticks: Ticks): BulkTarget | null {
  if (ticks.count > 0) return { kind: 'ticked', identities: ticks.identities };
  const condition = conditionOf(query);
  return condition === null ? null : { kind: 'all', condition };
}

function identitiesOf(item: unknown): readonly DeviceIdentity[] {
  const identity = identityOf(item);
  return identity === undefined ? [] : [identity];
}

interface DownloadProps {
  readonly columns: readonly string[];
  readonly answer: Answer;
}

/** The whole result, what is not on the page yet included. */
function Download({ columns, answer }: DownloadProps) {
  const [isFetching, setFetching] = useState(false);
  const download = async (kind: 'csv' | 'json') => {
    setFetching(true);
    try {
      const items = await fetchAll(answer);
      const text = kind === 'csv' ? resultsAsCsv(columns, items) : resultsAsJson(items);
      saveFile(`query-result.${kind}`, kind === 'csv' ? 'text/csv' : 'application/json', text);
    } catch (error) {
      notifyProblem(error as Error);
    }
    setFetching(false);
  };
  return (
    <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
      <Menu.Target>
        <Button size="xs" variant="default" leftSection={<IconDownload size={14} />} loading={isFetching}>
          Download
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => void download('csv')}>CSV, for a spreadsheet</Menu.Item>
        <Menu.Item onClick={() => void download('json')}>JSON, all of each row</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

/** @throws ConsoleRefusal of a page that could not be fetched */
async function fetchAll(answer: Answer): Promise<readonly unknown[]> {
  let pages = answer.data?.pages ?? [];
  let rows = countRows(pages);
  while (pages.at(-1)?.continuation != null && rows < COLLECTED_MAX) {
    const next = await answer.fetchNextPage({ throwOnError: true });
    pages = next.data?.pages ?? pages;
    rows = countRows(pages);
  }
  return pages.flatMap((page) => page.items);
}

function countRows(pages: readonly FleetQueryPage[]): number {
  return pages.reduce((sum, page) => sum + page.items.length, 0);
}
