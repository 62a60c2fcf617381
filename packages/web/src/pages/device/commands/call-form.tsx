import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type InvokeMethod, identityKey, LIMITS, type ModelCommand } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { ConsoleRefusal } from '../../../api/request.ts';
import { liveHub } from '../../../live/live-hub.ts';
import { useIdentityScope } from '../device-context.ts';
import { rememberCall } from './call-book.ts';
import classes from './calls.module.css';
import { commandName } from './command-choice.ts';
import { CommandHead, isDestructive } from './command-head.tsx';
import { RequestInput, useRequestDraft } from './request-input.tsx';
import { SecondsInput } from './seconds-input.tsx';

interface CallFormProps {
  /** Null: any command, by hand. */
  readonly command: ModelCommand | null;
}

/** Asks the device now. Whether it answers, and what, joins the history below. */
export function CallForm({ command }: CallFormProps) {
  const { identity, connected } = useIdentityScope();
  const queryClient = useQueryClient();
  const request = useRequestDraft(command);
  const [typed, setTyped] = useState('');
  const [isMeant, setMeant] = useState(false);
  const [responseSeconds, setResponseSeconds] = useState<number>(LIMITS.METHOD_RESPONSE_SECONDS_DEFAULT);
  const [connectSeconds, setConnectSeconds] = useState(0);
  const methodName = command === null ? typed.trim() : commandName(command);
  const mustBeMeant = command !== null && isDestructive(command);
  const call = useMutation({
    mutationFn: (body: InvokeMethod) => consoleClient.invokeMethod(identity, body),
    onSettled: (result, error, { payload }) => {
      const facts = { methodName, command, payload, at: new Date(liveHub.nowMs()).toISOString() };
      setMeant(false);
      void queryClient.invalidateQueries({ queryKey: ['device', identity.deviceId, 'command-runs'] });
      if (result !== undefined) rememberCall(identityKey(identity), { ...facts, outcome: { result } });
      if (error instanceof ConsoleRefusal) rememberCall(identityKey(identity), { ...facts, outcome: { error } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = request.read();
    if (!read.ok) return;
    const timeouts = { responseTimeoutSeconds: responseSeconds, connectTimeoutSeconds: connectSeconds };
    call.mutate({ methodName, payload: read.value, ...timeouts });
  };
  return (
    <form className="card" onSubmit={submit} noValidate aria-label={command?.displayName || 'Any command'}>
      <Stack gap="sm" className={classes.form}>
        <CommandHead command={command} />
        {command === null && (
          <TextInput
            label="Command name"
            description="As a device knows it as a direct method."
            maxLength={LIMITS.METHOD_NAME_CHARACTERS_MAX}
            value={typed}
            spellCheck={false}
            onChange={(event) => setTyped(event.currentTarget.value)}
          />
        )}
        <RequestInput command={command} request={request} />
        <Group gap="sm" align="flex-end">
          <SecondsInput
            label="Answer within (s)"
            value={responseSeconds}
            min={LIMITS.METHOD_RESPONSE_SECONDS_MIN}
            max={LIMITS.METHOD_RESPONSE_SECONDS_MAX}
            onChange={setResponseSeconds}
          />
          <SecondsInput
            label="Wait for connection (s)"
            value={connectSeconds}
            min={0}
            max={LIMITS.METHOD_CONNECT_SECONDS_MAX}
            onChange={setConnectSeconds}
          />
          <Button
            type="submit"
            loading={call.isPending}
            disabled={methodName === '' || (mustBeMeant && !isMeant)}
            leftSection={<IconPlayerPlay size={16} />}
          >
            Call
          </Button>
        </Group>
        {mustBeMeant && (
          <Checkbox
            label="I mean it: this cannot be taken back"
            checked={isMeant}
            onChange={(event) => setMeant(event.currentTarget.checked)}
          />
        )}
        {!connected && <p className={classes.description}>It is offline: the call fails unless it connects in time.</p>}
      </Stack>
    </form>
  );
}
