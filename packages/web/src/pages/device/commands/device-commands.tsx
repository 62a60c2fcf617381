import { Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { identityKey } from '@viaduct/contracts';
import { commandsQuery } from '../../../api/queries.ts';
import { usePageTitle } from '../../../ui/page-title.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import { CommandForm } from './command-form.tsx';
import { CommandQueue } from './command-queue.tsx';
import classes from './commands.module.css';

/** No event tells what a device does with its queue, and locks last a minute: asked for again this often, ms. */
const REFRESH_MS = 2_500;

/** Messages that wait until the device or module takes them. */
export function DeviceCommands() {
  const { identity } = useIdentityScope();
  const queue = useQuery({ ...commandsQuery(identity), refetchInterval: REFRESH_MS });
  usePageTitle('Commands', identityKey(identity));
  return (
    <div className={classes.columns}>
      <CommandForm />
      <Stack gap="sm">
        {queue.isPending && <Skeleton height={120} />}
        {queue.isError && <ProblemAlert error={queue.error} onRetry={() => void queue.refetch()} />}
        {queue.data !== undefined && <CommandQueue commands={queue.data} />}
      </Stack>
    </div>
  );
}
