import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LIMITS, type NewJob } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { jobsClient } from '../../../api/jobs-client.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useTargetCount } from '../../jobs/new/use-target-count.ts';
import { BulkJobProgress } from './bulk-job-progress.tsx';
import { countWords, patchAt, valueTyped } from './bulk-target.ts';

interface BulkJobProps {
  readonly deed: 'tag' | 'desired' | 'method';
  readonly condition: string;
  readonly isOfModules: boolean;
  readonly onClose: () => void;
}

/** One value into every twin, or one method on every device: a job that begins now. */
export function BulkJob({ deed, condition, isOfModules, onClose }: BulkJobProps) {
  const [name, setName] = useState('');
  const [value, setValue] = useState('');
  const targets = useTargetCount(condition);
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => jobsClient.create(jobOf(deed, condition, name.trim(), value)),
    onSuccess: () => void queryClient.invalidateQueries({ queryKey: ['jobs', 'list'] }),
  });
  if (create.data !== undefined) return <BulkJobProgress jobId={create.data.jobId} onClose={onClose} />;
  const isReady = name.trim() !== '' && targets.count !== null && targets.count > 0;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) create.mutate();
  };
  const many = targets.count === null ? '…' : countWords(targets.count, isOfModules);
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {create.error !== null && <ProblemAlert error={create.error} />}
        {targets.verdict?.isGood === false && <p className="danger">{targets.verdict.words}</p>}
        <TextInput
          label={deed === 'tag' ? 'Tag' : deed === 'desired' ? 'Property' : 'Method'}
          description={deed === 'method' ? undefined : 'Its name; a dot leads into an object: building.floor'}
          data-autofocus
          spellCheck={false}
          maxLength={deed === 'method' ? LIMITS.METHOD_NAME_CHARACTERS_MAX : 512}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={deed === 'method' ? 'Payload' : 'Value'}
          description={
            deed === 'method'
              ? 'JSON, or a text; empty is none.'
              : 'A number, true, false or JSON is taken as such, anything else as a text; empty removes it.'
          }
          spellCheck={false}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={!isReady} loading={create.isPending}>
            {deed === 'method' ? `Call on ${many}` : `Set on ${many}`}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function jobOf(deed: BulkJobProps['deed'], condition: string, name: string, value: string): NewJob {
  switch (deed) {
    case 'tag':
      return { condition, update: { tags: patchAt(name, value) } };
    case 'desired':
      return { condition, update: { desired: patchAt(name, value) } };
    case 'method':
      return {
        condition,
        method: { methodName: name, payload: valueTyped(value) },
      };
    default:
      return deed satisfies never;
  }
}
