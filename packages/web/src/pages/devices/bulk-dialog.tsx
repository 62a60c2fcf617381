import { Button, Group, Modal, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type DirectoryAction, type DirectoryOutcome, LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { DIRECTORY_KEY, directoryClient } from '../../api/directory-client.ts';
import { devicesText } from '../../ui/devices-text.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { Failures } from '../query/bulk/failures.tsx';
import { BULK_WORDS } from './bulk-words.ts';
import { TemplateSelect } from './template-select.tsx';

interface BulkDialogProps {
  /** Null: closed. */
  readonly action: Exclude<DirectoryAction, 'organize'> | null;
  readonly deviceIds: readonly string[];
  readonly onClose: () => void;
}

/** Asks before something is done to many devices, does it in steps, and tells what became of each. */
export function BulkDialog({ action, deviceIds, onClose }: BulkDialogProps) {
  const title = action === null ? '' : `${BULK_WORDS[action].verb} ${devicesText(deviceIds.length)}`;
  return (
    <Modal opened={action !== null} onClose={onClose} title={title} closeButtonProps={{ 'aria-label': 'Close' }}>
      {action !== null && <BulkForm action={action} deviceIds={deviceIds} onClose={onClose} />}
    </Modal>
  );
}

interface BulkFormProps extends BulkDialogProps {
  readonly action: Exclude<DirectoryAction, 'organize'>;
}

function BulkForm({ action, deviceIds, onClose }: BulkFormProps) {
  const [template, setTemplate] = useState<string | null>(null);
  const [outcomes, setOutcomes] = useState<readonly DirectoryOutcome[] | null>(null);
  const queryClient = useQueryClient();
  const run = useMutation({
    mutationFn: async () => {
      const told: DirectoryOutcome[] = [];
      setOutcomes(told);
      for (let at = 0; at < deviceIds.length; at += LIMITS.CONSOLE_BULK_MAX) {
        const some = deviceIds.slice(at, at + LIMITS.CONSOLE_BULK_MAX);
        const change = action === 'migrate' ? { templateId: template } : {};
        told.push(...(await directoryClient.bulk({ action, deviceIds: some, ...change })));
        setOutcomes([...told]);
      }
    },
    onSettled: () => void queryClient.invalidateQueries({ queryKey: DIRECTORY_KEY }),
  });
  const { verb, consequence, isGrave } = BULK_WORDS[action];
  if (outcomes !== null) {
    return (
      <Stack>
        {run.error !== null && <ProblemAlert error={run.error} />}
        <Outcome action={action} total={deviceIds.length} outcomes={outcomes} />
        <Group justify="flex-end">
          <Button onClick={onClose} disabled={run.isPending}>
            Done
          </Button>
        </Group>
      </Stack>
    );
  }
  return (
    <Stack>
      <Text size="sm">{consequence}</Text>
      {action === 'migrate' && <TemplateSelect value={template} onChange={setTemplate} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button {...(isGrave === true ? { color: 'red.9' } : {})} onClick={() => run.mutate()}>
          {verb} {devicesText(deviceIds.length)}
        </Button>
      </Group>
    </Stack>
  );
}

interface OutcomeProps {
  readonly action: BulkFormProps['action'];
  readonly total: number;
  readonly outcomes: readonly DirectoryOutcome[];
}

function Outcome({ action, total, outcomes }: OutcomeProps) {
  const failed = outcomes.filter(({ error }) => error !== null);
  const well = outcomes.length - failed.length;
  const failures = failed.map(({ deviceId, error }) => {
    return { name: deviceId, message: error === null ? '' : `${error.message}. ${error.advice}` };
  });
  return (
    <>
      <Progress.Root size={8} aria-label="Progress">
        <Progress.Section value={(well / total) * 100} color="verdigris.7" aria-label="done" />
        <Progress.Section value={(failed.length / total) * 100} color="red.6" aria-label="failed" />
      </Progress.Root>
      <span role="status" className="number">
        {well.toLocaleString('en')} of {devicesText(total)} {BULK_WORDS[action].done}
        {failed.length > 0 && <span className="danger">, {failed.length.toLocaleString('en')} failed</span>}
      </span>
      <Failures failures={failures} total={failed.length} />
    </>
  );
}
