import { ActionIcon, Menu } from '@mantine/core';
import { IconClock, IconCopy, IconDots, IconDownload, IconLink, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { Dashboard } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { dashboardFileUrl, dashboardsClient, dashboardsQuery } from '../../api/dashboards-client.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../ui/notify.ts';
import { LandingItems } from './landing-items.tsx';
import { ShareDialog } from './share-dialog.tsx';
import type { Draft } from './use-draft.ts';

interface DashboardMenuProps {
  readonly dashboard: Dashboard;
  readonly draft: Draft;
  /** Keeps the time that is shown as the dashboard's own. */
  readonly onKeepTime: () => void;
}

/** What one does with a dashboard as a whole. */
export function DashboardMenu({ dashboard, draft, onKeepTime }: DashboardMenuProps) {
  const { id, displayName } = dashboard;
  const client = useQueryClient();
  const navigate = useNavigate();
  const button = useRef<HTMLButtonElement>(null);
  const [dialog, setDialog] = useState<'share' | 'remove' | null>(null);
  const refresh = () => client.invalidateQueries({ queryKey: dashboardsQuery.queryKey, exact: true });
  const copy = useMutation({
    mutationFn: () => dashboardsClient.copy(id, { displayName: `${displayName} (copy)`, personal: true }),
    onSuccess: async (made) => {
      await refresh();
      await navigate({ to: '/dashboards/$dashboardId', params: { dashboardId: made.id }, search: { edit: true } });
    },
    onError: notifyProblem,
  });
  const remove = useMutation({
    mutationFn: () => dashboardsClient.remove(id),
    onSuccess: async () => {
      await navigate({ to: '/dashboards' });
      await refresh();
      notify(`${displayName} is deleted`);
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Menu position="bottom-end" withInitialFocusPlaceholder={false}>
        <Menu.Target>
          <ActionIcon ref={button} size={30} variant="default" aria-label="More for this dashboard">
            <IconDots size={16} aria-hidden="true" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<IconLink size={16} />} onClick={() => setDialog('share')}>
            Share…
          </Menu.Item>
          <LandingItems dashboard={dashboard} />
          <Menu.Item leftSection={<IconClock size={16} />} onClick={onKeepTime}>
            Keep this time as its own
          </Menu.Item>
          <Menu.Item leftSection={<IconCopy size={16} />} onClick={() => copy.mutate()}>
            Copy
          </Menu.Item>
          <Menu.Item leftSection={<IconDownload size={16} />} component="a" href={dashboardFileUrl(id)} download>
            Download as a file
          </Menu.Item>
          <Menu.Item leftSection={<IconTrash size={16} />} onClick={() => setDialog('remove')}>
            Delete…
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <ConfirmDialog
        opened={dialog === 'remove'}
        title={`Delete ${displayName}?`}
        text="Its tiles are gone for everybody who sees it. What devices said is kept."
        action="Delete"
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setDialog(null)}
        returnTo={button}
      />
      <ShareDialog
        opened={dialog === 'share'}
        dashboard={dashboard}
        draft={draft}
        onClose={() => setDialog(null)}
        returnTo={button}
      />
    </>
  );
}
