import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type BulkAction, type BulkOutcome, LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { bulk } from '../../../api/bulk-client.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useTargetCount } from '../../jobs/new/use-target-count.ts';
import { type BulkTarget, COLLECTED_MAX, countWords } from './bulk-target.ts';
import { Failures } from './failures.tsx';

interface BulkRegistryProps {
  readonly action: BulkAction;
  readonly target: BulkTarget;
  readonly isOfModules: boolean;
  readonly onCollect: () => Promise<BulkTarget & { readonly kind: 'ticked' }>;
  readonly onClose: () => void;
}

const WORDS: Readonly<
  Record<BulkAction, { readonly verb: string; readonly done: string; readonly consequence: string }>
> = {
  enable: { verb: 'Enable', done: 'enabled', consequence: 'They may connect again at once.' },
  disable: {
    verb: 'Disable',
    done: 'disabled',
    consequence:
      'Those that are connected are thrown out now and refused until they are enabled again. Nothing is deleted.',
  },
  delete: {
    verb: 'Delete',
    done: 'deleted',
    consequence:
      'Their identity, keys, twin and waiting commands are gone for good; what they said stays in the log until it expires.',
  },
};

interface Progressing {
  readonly total: number;
  readonly outcomes: readonly BulkOutcome[];
}

/** Asks, then goes through the registry in steps, and tells what became of each. */
export function BulkRegistry({ action, target, isOfModules, onCollect, onClose }: BulkRegistryProps) {
  const [progress, setProgress] = useState<Progressing | null>(null);
  const counted = useTargetCount(target.kind === 'all' ? target.condition : '');
  const count = target.kind === 'all' ? counted.count : target.identities.length;
  const queryClient = useQueryClient();
  const run = useMutation({
    mutationFn: async () => {
      const { identities } = target.kind === 'all' ? await onCollect() : target;
      const outcomes: BulkOutcome[] = [];
      setProgress({ total: identities.length, outcomes });
      for (let at = 0; at < identities.length; at += LIMITS.CONSOLE_BULK_MAX) {
        outcomes.push(...(await bulk(action, identities.slice(at, at + LIMITS.CONSOLE_BULK_MAX))));
        setProgress({ total: identities.length, outcomes: [...outcomes] });
      }
    },
    onSettled: () => void queryClient.invalidateQueries({ queryKey: ['query', 'answer'] }),
  });
  const { verb, done, consequence } = WORDS[action];
  if (progress !== null) {
    return (
      <Stack>
        {run.error !== null && <ProblemAlert error={run.error} />}
        <Outcome progress={progress} done={done} isOfModules={isOfModules} />
        <Group justify="flex-end">
          <Button onClick={onClose} disabled={run.isPending}>
            Done
          </Button>
        </Group>
      </Stack>
    );
  }
  const isTooMany = count !== null && count > COLLECTED_MAX;
  const many = count === null ? '…' : countWords(count, isOfModules);
  return (
    <Stack>
      {run.error !== null && <ProblemAlert error={run.error} />}
      <Text size="sm">
        <strong>{many}.</strong>{' '}
        {isTooMany ? `At most ${COLLECTED_MAX.toLocaleString('en')} at a time: narrow the query down.` : consequence}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          Cancel
        </Button>
        <Button
          {...(action === 'enable' ? {} : { color: 'red.9' })}
          disabled={count === null || count === 0 || isTooMany}
          loading={run.isPending}
          onClick={() => run.mutate()}
        >
          {verb} {many}
        </Button>
      </Group>
    </Stack>
  );
}

interface OutcomeProps {
  readonly progress: Progressing;
  readonly done: string;
  readonly isOfModules: boolean;
}

function Outcome({ progress: { total, outcomes }, done, isOfModules }: OutcomeProps) {
  const failed = outcomes.filter(({ error }) => error !== null);
  const well = outcomes.length - failed.length;
  const share = (part: number) => (total === 0 ? 100 : (part / total) * 100);
  const failures = failed.map(({ identity, error }) => ({
    name: identity.moduleId === undefined ? identity.deviceId : `${identity.deviceId}/${identity.moduleId}`,
    message: error === null ? '' : `${error.message}. ${error.advice}`,
  }));
  return (
    <>
      <Progress.Root size={8} aria-label="Progress">
        <Progress.Section value={share(well)} color="verdigris.7" aria-label="done" />
        <Progress.Section value={share(failed.length)} color="red.6" aria-label="failed" />
      </Progress.Root>
      <span role="status" className="number">
        {well.toLocaleString('en')} of {countWords(total, isOfModules)} {done}
        {failed.length > 0 && <span className="danger">, {failed.length.toLocaleString('en')} failed</span>}
      </span>
      <Failures failures={failures} total={failed.length} />
    </>
  );
}
