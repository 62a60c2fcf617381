import { Button, Menu } from '@mantine/core';
import { IconDownload, IconTableOff } from '@tabler/icons-react';
import type { InfiniteData, UseInfiniteQueryResult } from '@tanstack/react-query';
import type { FleetQueryPage } from '@viaduct/contracts';
import { useMemo, useState } from 'react';
import { EmptyState } from '../../ui/empty-state.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { notifyProblem } from '../../ui/notify.ts';
import { saveFile } from '../../ui/save-file.ts';
import { columnsOf } from './columns-of.ts';
import { resultsAsCsv, resultsAsJson } from './download-results.ts';
import { ItemDialog } from './item-dialog.tsx';
import classes from './query.module.css';
import { ResultTable } from './result-table.tsx';
import { useTicks } from './use-ticks.ts';

type Answer = UseInfiniteQueryResult<InfiniteData<FleetQueryPage>>;

interface QueryResultsProps {
  readonly query: string;
  readonly answer: Answer;
  readonly items: readonly unknown[];
}

/** Rows that are fetched for a download; a larger fleet is the command line's to export. */
const DOWNLOAD_ROWS_MAX = 20_000;

/** What the query found: look at it, take it away, act on it. */
export function QueryResults({ query, answer, items }: QueryResultsProps) {
  const [opened, setOpened] = useState<unknown>(null);
  const columns = useMemo(() => columnsOf(answer.data?.pages ?? []), [answer.data]);
  const ticks = useTicks(items);
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
          <Download query={query} columns={columns} answer={answer} />
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

interface DownloadProps {
  readonly query: string;
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
  while (pages.at(-1)?.continuation != null && rows < DOWNLOAD_ROWS_MAX) {
    const next = await answer.fetchNextPage({ throwOnError: true });
    pages = next.data?.pages ?? pages;
    rows = countRows(pages);
  }
  return pages.flatMap((page) => page.items);
}

function countRows(pages: readonly FleetQueryPage[]): number {
  return pages.reduce((sum, page) => sum + page.items.length, 0);
}
