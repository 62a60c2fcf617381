import { Group, Modal, Stack, Switch, TextInput } from '@mantine/core';
import { useMutation, useQuery } from '@tanstack/react-query';
import type { Dashboard } from '@viaduct/contracts';
import type { RefObject } from 'react';
import { dashboardsClient } from '../../api/dashboards-client.ts';
import { sessionQuery } from '../../api/queries.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { contentOf, type Draft } from './use-draft.ts';

interface ShareDialogProps {
  readonly opened: boolean;
  readonly dashboard: Dashboard;
  readonly draft: Draft;
  readonly onClose: () => void;
  /** What gets the focus back. */
  readonly returnTo: RefObject<HTMLElement | null>;
}

/** Who may see a dashboard, and its link. It stays the same dashboard at the same address, shared or not. */
export function ShareDialog({ opened, dashboard, draft, onClose, returnTo }: ShareDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Share ${dashboard.displayName}`}
      closeButtonProps={{ 'aria-label': 'Close' }}
      returnFocus={false}
      onExitTransitionEnd={() => returnTo.current?.focus()}
    >
      <Sharing dashboard={dashboard} draft={draft} />
    </Modal>
  );
}

function Sharing({ dashboard, draft }: Pick<ShareDialogProps, 'dashboard' | 'draft'>) {
  const { id, personal, owner } = dashboard;
  const session = useQuery(sessionQuery);
  const isOwner = session.data?.userName.toLowerCase() === owner.toLowerCase();
  const share = useMutation({
    mutationFn: (isShared: boolean) =>
      dashboardsClient.change(id, { ...contentOf(dashboard), personal: !isShared, etag: dashboard.etag }),
    onSuccess: draft.rebase,
  });
  const link = linkOf(location.href);
  return (
    <Stack gap="sm">
      <Switch
        label="Everybody who may see dashboards sees it"
        description={
          isOwner || personal
            ? 'Without, it is yours alone, and whoever opens its link is told so.'
            : `${owner} made it: only they can make it personal.`
        }
        checked={share.isPending ? share.variables : !personal}
        disabled={share.isPending || !isOwner}
        onChange={(event) => share.mutate(event.currentTarget.checked)}
      />
      {share.isError && <ProblemAlert error={share.error} />}
      <Group gap="xs" align="end" wrap="nowrap">
        <TextInput
          style={{ flex: 1 }}
          size="xs"
          label="Link, with the time and the variables of now"
          readOnly
          value={link}
          onFocus={(event) => event.currentTarget.select()}
        />
        <CopyButton text={link} label="Copy the link" />
      </Group>
    </Stack>
  );
}

/** To be looked at, not changed. */
function linkOf(address: string): string {
  const link = new URL(address);
  for (const name of ['edit', 'tile']) link.searchParams.delete(name);
  return link.href;
}
