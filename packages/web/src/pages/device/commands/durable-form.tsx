import { Button, Group, Stack } from '@mantine/core';
import { IconMailForward } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { LIMITS, type ModelCommand } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { commandsQuery } from '../../../api/queries.ts';
import { notify } from '../../../ui/notify.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import classes from './calls.module.css';
import { commandName } from './command-choice.ts';
import { CommandHead } from './command-head.tsx';
import { durableCommand } from './durable-command.ts';
import { RequestInput, useRequestDraft } from './request-input.tsx';
import { SecondsInput } from './seconds-input.tsx';

/** As long as in Azure IoT Central. */
const LIFE_SECONDS = 86_400;

/** A command that the model lets wait: it lies in the queue until the device takes it, and has no answer. */
export function DurableForm({ command }: { readonly command: ModelCommand }) {
  const { identity } = useIdentityScope();
  const queryClient = useQueryClient();
  const request = useRequestDraft(command);
  const [ttlSeconds, setTtlSeconds] = useState(LIFE_SECONDS);
  const send = useMutation({
    mutationFn: (value: unknown) =>
      consoleClient.sendCommand(identity, { ...durableCommand(commandName(command), value), ttlSeconds }),
    onSuccess: () => {
      notify('The command waits for the device');
      void queryClient.invalidateQueries({ queryKey: commandsQuery(identity).queryKey });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = request.read();
    if (read.ok) send.mutate(read.value);
  };
  return (
    <form className="card" onSubmit={submit} noValidate aria-label={command.displayName || command.name}>
      <Stack gap="sm" className={classes.form}>
        <CommandHead command={command} />
        {send.isError && <ProblemAlert error={send.error} />}
        <RequestInput command={command} request={request} />
        <Group gap="sm" align="flex-end">
          <SecondsInput
            label="Expires after (s)"
            value={ttlSeconds}
            min={1}
            max={LIMITS.COMMAND_TTL_SECONDS_MAX}
            onChange={setTtlSeconds}
          />
          <Button type="submit" loading={send.isPending} leftSection={<IconMailForward size={16} />}>
            Queue
          </Button>
        </Group>
        <p className={classes.description}>
          It waits for a device that is away, is delivered at least once, and has no answer.
        </p>
      </Stack>
    </form>
  );
}
