import { Button, Group, Modal, Stack, Switch, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { JobView } from '@viaduct/contracts';
import { useState } from 'react';
import { transfersClient } from '../../api/transfers-client.ts';
import facts from '../../ui/facts.module.css';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

interface TransferDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** All identities into a file, or a file of identities into the registry; each is a job. */
export function TransferDialog({ opened, onClose }: TransferDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Import or export" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="xl">
        <Export />
        <Import />
      </Stack>
    </Modal>
  );
}

function Export() {
  const [hasKeys, setHasKeys] = useState(false);
  const begin = useTransfer(() => transfersClient.begin({ type: 'export', excludeKeys: !hasKeys }));
  return (
    <section aria-labelledby="export">
      <h2 id="export" className={facts.title}>
        Export
      </h2>
      <Stack gap="sm">
        {begin.error !== null && <ProblemAlert error={begin.error} />}
        <Text size="sm">All devices and modules with their twins, as a file with a line of JSON each.</Text>
        <Switch
          label="With keys"
          description="Needed to move devices to another hub. Whoever has the file can then speak for them."
          checked={hasKeys}
          onChange={(event) => setHasKeys(event.currentTarget.checked)}
        />
        <Group justify="flex-end">
          <Button size="xs" onClick={() => begin.mutate()} loading={begin.isPending}>
            Export
          </Button>
        </Group>
      </Stack>
    </section>
  );
}

function Import() {
  const [file, setFile] = useState<File | null>(null);
  const begin = useTransfer(async () => {
    if (file === null) throw new TypeError('no file was chosen');
    return transfersClient.begin({ type: 'import', file: await transfersClient.upload(file) });
  });
  return (
    <section aria-labelledby="import">
      <h2 id="import" className={facts.title}>
        Import
      </h2>
      <Stack gap="sm">
        {begin.error !== null && <ProblemAlert error={begin.error} />}
        <Text size="sm">
          A file as an export makes it: each line makes, changes or deletes an identity, as its importMode says.
        </Text>
        <input
          type="file"
          accept=".txt,.json,.jsonl"
          aria-label="File of identities"
          onChange={(event) => setFile(event.currentTarget.files?.[0] ?? null)}
        />
        <Group justify="flex-end">
          <Button size="xs" disabled={file === null} onClick={() => begin.mutate()} loading={begin.isPending}>
            Import
          </Button>
        </Group>
      </Stack>
    </section>
  );
}

/** Begins it, and leads to its progress. */
function useTransfer(begin: () => Promise<JobView>) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: begin,
    onSuccess: async ({ jobId }) => {
      await queryClient.invalidateQueries({ queryKey: ['jobs', 'list'] });
      await navigate({ to: '/jobs/$jobId', params: { jobId } });
    },
  });
}
