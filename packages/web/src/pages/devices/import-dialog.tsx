import { Button, FileButton, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { IconDownload, IconUpload } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ImportView } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { DIRECTORY_KEY } from '../../api/directory-client.ts';
import { importErrorsUrl, importsClient } from '../../api/imports-client.ts';
import { devicesText } from '../../ui/devices-text.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { Failures } from '../query/bulk/failures.tsx';
import { TemplateSelect } from './template-select.tsx';

interface ImportDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

const POLL_MS = 500;

/** Many devices from a CSV file; what was refused is told line by line. */
export function ImportDialog({ opened, onClose }: ImportDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Import devices from CSV"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <ImportForm onClose={onClose} />
    </Modal>
  );
}

function ImportForm({ onClose }: Pick<ImportDialogProps, 'onClose'>) {
  const [templateId, setTemplateId] = useState<string | null>(null);
  const begin = useMutation({
    mutationFn: (file: File) => importsClient.begin({ fileName: file.name, templateId: templateId ?? undefined }, file),
  });
  if (begin.data !== undefined) return <ImportProgress begun={begin.data} onClose={onClose} />;
  return (
    <Stack>
      {begin.error !== null && <ProblemAlert error={begin.error} />}
      <Text size="sm">
        The first line names the columns: <code>IOTC_DEVICEID</code>, and as you like <code>IOTC_DEVICENAME</code>,
        keys, thumbprints, <code>IOTC_TEMPLATE</code>, <code>IOTC_ORGANIZATION</code> and cloud properties.
      </Text>
      <TemplateSelect value={templateId} onChange={setTemplateId} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
        <FileButton accept=".csv,text/csv" onChange={(file) => file !== null && begin.mutate(file)}>
          {(props) => (
            <Button {...props} leftSection={<IconUpload size={16} />} loading={begin.isPending}>
              Choose a file
            </Button>
          )}
        </FileButton>
      </Group>
    </Stack>
  );
}

interface ImportProgressProps {
  readonly begun: ImportView;
  readonly onClose: () => void;
}

function ImportProgress({ begun, onClose }: ImportProgressProps) {
  const queryClient = useQueryClient();
  const { data = begun, error } = useQuery({
    queryKey: ['imports', begun.importId],
    queryFn: () => importsClient.import(begun.importId),
    initialData: begun,
    refetchInterval: ({ state }) => (state.data?.state === 'running' ? POLL_MS : false),
  });
  const isRunning = data.state === 'running';
  useEffect(() => {
    if (!isRunning) void queryClient.invalidateQueries({ queryKey: DIRECTORY_KEY });
  }, [isRunning, queryClient]);
  const { created, refused, lines, linesDone, problem } = data;
  const share = (part: number) => (part / Math.max(1, lines ?? linesDone)) * 100;
  const failures = data.refusals.map(({ line, deviceId, message }) => {
    return { name: `Line ${line}${deviceId === null ? '' : `, ${deviceId}`}`, message };
  });
  return (
    <Stack>
      {error !== null && <ProblemAlert error={error} />}
      {problem !== null && (
        <Text size="sm" className="danger" role="alert">
          {problem}
        </Text>
      )}
      <Progress.Root size={8} aria-label="Progress">
        <Progress.Section value={share(created)} color="verdigris.7" aria-label="made" />
        <Progress.Section value={share(refused)} color="red.6" aria-label="refused" />
      </Progress.Root>
      <span role="status" className="number">
        {devicesText(created)} made
        {lines !== null && `, ${linesDone.toLocaleString('en')} of ${lines.toLocaleString('en')} lines done`}
        {refused > 0 && <span className="danger">, {refused.toLocaleString('en')} refused</span>}
      </span>
      <Failures failures={failures} total={refused} />
      <Group justify="flex-end">
        {refused > 0 && !isRunning && (
          <Button
            component="a"
            href={importErrorsUrl(begun.importId)}
            download
            variant="default"
            leftSection={<IconDownload size={16} />}
          >
            Download the log
          </Button>
        )}
        {isRunning ? (
          <Button variant="default" onClick={() => void importsClient.cancel(begun.importId)}>
            Stop
          </Button>
        ) : (
          <Button onClick={onClose}>Done</Button>
        )}
      </Group>
    </Stack>
  );
}
