import { Button, Group } from '@mantine/core';
import { IconMailbox, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LIMITS, type QueuedCommand } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { commandsQuery } from '../../../api/queries.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../../ui/notify.ts';
import { useIdentityScope } from '../device-context.ts';
import classes from './commands.module.css';
import { QueuedCommandItem } from './queued-command-item.tsx';

/** The queue, oldest first, and what can be done to it as a whole. */
export function CommandQueue({ commands }: { readonly commands: readonly QueuedCommand[] }) {
  return (
    <>
      <Group justify="space-between">
        <h2 className={classes.title} id="queue">
          Queue{' '}
          <span className="quiet number">
            {commands.length} of {LIMITS.COMMAND_QUEUE_DEPTH_MAX}
          </span>
        </h2>
        <PurgeButton count={commands.length} />
      </Group>
      {commands.length === 0 ? (
        <div className={`card ${classes.empty}`}>
          <IconMailbox size={22} stroke={1.5} aria-hidden="true" />
          Nothing waits: every command was taken, or none was sent.
        </div>
      ) : (
        <ol className={classes.queue} aria-labelledby="queue">
          {commands.map((command) => (
            <li key={command.sequenceNumber} className="card">
              <QueuedCommandItem command={command} />
            </li>
          ))}
        </ol>
      )}
      <p className={classes.note}>
        What became of a command that left the queue is told to back ends, once, as feedback. The console does not read
        it: it would be missing there.
      </p>
    </>
  );
}

function PurgeButton({ count }: { readonly count: number }) {
  const { identity } = useIdentityScope();
  const button = useRef<HTMLButtonElement>(null);
  const [isConfirming, setConfirming] = useState(false);
  const queryClient = useQueryClient();
  const purge = useMutation({
    mutationFn: () => consoleClient.purgeCommands(identity),
    onSuccess: ({ purged }) => {
      setConfirming(false);
      queryClient.setQueryData(commandsQuery(identity).queryKey, []);
      void queryClient.invalidateQueries({ queryKey: commandsQuery(identity).queryKey });
      notify(purged === 1 ? 'One command was removed' : `${purged} commands were removed`);
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Button
        ref={button}
        size="compact-sm"
        variant="default"
        disabled={count === 0}
        leftSection={<IconTrash size={14} />}
        onClick={() => setConfirming(true)}
      >
        Purge…
      </Button>
      <ConfirmDialog
        opened={isConfirming}
        title="Purge the queue?"
        text={`${count === 1 ? 'One command goes' : `All ${count} commands go`}, those in the device's hands included: it can settle them no more. Back ends that asked for feedback hear that they were purged.`}
        action="Purge queue"
        isPending={purge.isPending}
        onConfirm={() => purge.mutate()}
        onClose={() => setConfirming(false)}
        returnTo={button}
      />
    </>
  );
}
