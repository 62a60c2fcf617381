import { Button, Menu } from '@mantine/core';
import { IconDeviceFloppy, IconDownload, IconPin } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Exploration, ExplorationView, HistoryDownload } from '@viaduct/contracts';
import { useState } from 'react';
import { explorationsClient, explorationsQuery } from '../../api/explorations-client.ts';
import { historyClient } from '../../api/history-client.ts';
import { searchOf } from '../../explorer/exploration-search.ts';
import classes from '../../explorer/explorer.module.css';
import { notify, notifyProblem } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { saveBlob } from '../../ui/save-file.ts';
import { PinDialog } from './pin-dialog.tsx';
import { SaveExplorationDialog } from './save-exploration-dialog.tsx';

interface ExplorerActionsProps {
  readonly view: ExplorationView;
  /** The query is looked at, and not the chart. */
  readonly isTyped: boolean;
  /** What is looked at began as this saved exploration. */
  readonly savedId: string | undefined;
  readonly onSaved: (exploration: Exploration) => void;
  /** Shows it as it is saved. */
  readonly onRevert: (exploration: Exploration) => void;
}

/** What becomes of what was found: a name, a place on a dashboard, a file. */
export function ExplorerActions({ view, isTyped, savedId, onSaved, onRevert }: ExplorerActionsProps) {
  const [dialog, setDialog] = useState<'save' | 'pin' | null>(null);
  const saved = useQuery(explorationsQuery).data?.find(({ id }) => id === savedId);
  const { query: _query, ...chart } = view;
  // To look at the chart of a query that was saved is no change of it.
  const kept: ExplorationView = isTyped || saved?.view.query !== undefined ? view : chart;
  const isEmpty = kept.lines.length === 0 && kept.query === undefined;
  const button = { size: 'xs', variant: 'default', disabled: isEmpty } as const;
  return (
    <div className={classes.bar}>
      {saved !== undefined && <SaveOver saved={saved} view={kept} onRevert={onRevert} />}
      <Button {...button} leftSection={<IconDeviceFloppy size={14} />} onClick={() => setDialog('save')}>
        Save as…
      </Button>
      <Button {...button} leftSection={<IconPin size={14} />} onClick={() => setDialog('pin')}>
        Pin
      </Button>
      <DownloadMenu view={kept} isDisabled={isEmpty} />
      <SaveExplorationDialog opened={dialog === 'save'} onClose={() => setDialog(null)} view={kept} onSaved={onSaved} />
      <PinDialog opened={dialog === 'pin'} onClose={() => setDialog(null)} view={kept} />
    </div>
  );
}

interface SaveOverProps {
  readonly saved: Exploration;
  readonly view: ExplorationView;
  readonly onRevert: (exploration: Exploration) => void;
}

/** Which saved exploration this is, whether it was changed since, and both ways out of that. */
function SaveOver({ saved, view, onRevert }: SaveOverProps) {
  const { id, name, isShared } = saved;
  const client = useQueryClient();
  const isChanged = JSON.stringify(searchOf(view)) !== JSON.stringify(searchOf(saved.view));
  const save = useMutation({
    mutationFn: () => explorationsClient.change(id, { name, isShared, view }),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: explorationsQuery.queryKey });
      notify(`${name} is saved`);
    },
    onError: notifyProblem,
  });
  return (
    <>
      <span className="quiet" role="status">
        {isChanged ? `${name}, changed` : name}
      </span>
      {isChanged && (
        <>
          <Button size="xs" variant="subtle" onClick={() => onRevert(saved)}>
            Take back
          </Button>
          <Button
            size="xs"
            leftSection={<IconDeviceFloppy size={14} />}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            Save
          </Button>
        </>
      )}
    </>
  );
}

function DownloadMenu({ view, isDisabled }: { readonly view: ExplorationView; readonly isDisabled: boolean }) {
  const download = useMutation({
    mutationFn: async ({ name, ...body }: HistoryDownload & { readonly name: string }) =>
      saveBlob(name, await historyClient.download(body)),
  });
  return (
    <>
      <Menu position="bottom-end">
        <Menu.Target>
          <Button
            size="xs"
            variant="default"
            disabled={isDisabled}
            loading={download.isPending}
            leftSection={<IconDownload size={14} />}
          >
            Download
          </Button>
        </Menu.Target>
        <Menu.Dropdown>
          {wantedOf(view).flatMap(({ title, ...wanted }) =>
            FORMATS.map(({ format, words }) => (
              <Menu.Item
                key={`${title} ${format}`}
                onClick={() => download.mutate({ ...wanted, format, name: `${title}.${format}` })}
              >
                {title} as {words}
              </Menu.Item>
            )),
          )}
        </Menu.Dropdown>
      </Menu>
      {download.isError && <ProblemAlert error={download.error} />}
    </>
  );
}

const FORMATS = [
  { format: 'csv', words: 'CSV' },
  { format: 'parquet', words: 'Parquet' },
] as const;

/** A file a line: each has columns of its own. */
function wantedOf({ query, lines, source, range, splitBy, resolution }: ExplorationView) {
  if (query !== undefined) return [{ title: 'answer', query }];
  return lines.map(({ path, aggregate }) => ({
    title: path,
    series: {
      ...{ source, range, name: path, aggregate },
      ...(splitBy !== undefined && { splitBy }),
      ...(resolution !== undefined && { resolution }),
    },
  }));
}
