import { Button, Menu } from '@mantine/core';
import { IconDeviceFloppy, IconDownload, IconPin } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ExplorationView, HistoryDownload } from '@viaduct/contracts';
import { useState } from 'react';
import { historyClient } from '../../api/history-client.ts';
import classes from '../../explorer/explorer.module.css';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { saveBlob } from '../../ui/save-file.ts';
import { PinDialog } from './pin-dialog.tsx';
import { SaveExplorationDialog } from './save-exploration-dialog.tsx';

interface ExplorerActionsProps {
  readonly view: ExplorationView;
  /** The query is looked at, and not the chart. */
  readonly isTyped: boolean;
}

/** What becomes of what was found: a name, a place on a dashboard, a file. */
export function ExplorerActions({ view, isTyped }: ExplorerActionsProps) {
  const [dialog, setDialog] = useState<'save' | 'pin' | null>(null);
  const { query: _query, ...chart } = view;
  const kept: ExplorationView = isTyped ? view : chart;
  const isEmpty = kept.lines.length === 0 && kept.query === undefined;
  const button = { size: 'xs', variant: 'default', disabled: isEmpty } as const;
  return (
    <div className={classes.bar}>
      <Button {...button} leftSection={<IconDeviceFloppy size={14} />} onClick={() => setDialog('save')}>
        Save as…
      </Button>
      <Button {...button} leftSection={<IconPin size={14} />} onClick={() => setDialog('pin')}>
        Pin
      </Button>
      <DownloadMenu view={kept} isDisabled={isEmpty} />
      <SaveExplorationDialog opened={dialog === 'save'} onClose={() => setDialog(null)} view={kept} />
      <PinDialog opened={dialog === 'pin'} onClose={() => setDialog(null)} view={kept} />
    </div>
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
