import { Button, Group, Stack, TextInput } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { type InvokeMethod, identityKey, LIMITS, type ModelCommand } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { ConsoleRefusal } from '../../../api/request.ts';
import { type Draft, type DraftResult, draftOf, readDraft, readJson } from '../../../model/schema-form.ts';
import { JsonField } from '../../../ui/json-field.tsx';
import { SchemaInput } from '../../../ui/schema-input.tsx';
import { useIdentityScope } from '../device-context.ts';
import { rememberCall } from './method-history.ts';
import classes from './methods.module.css';
import { SecondsInput } from './seconds-input.tsx';

interface MethodFormProps {
  /** Null: any method, by hand. */
  readonly command: ModelCommand | null;
}

/** Calls one method. Whether the device answers, and what, joins the history below. */
export function MethodForm({ command }: MethodFormProps) {
  const { identity, connected } = useIdentityScope();
  const schema = command?.request?.schema ?? null;
  const takesNothing = command !== null && command.request === null;
  const [name, setName] = useState('');
  const [draft, setDraft] = useState<Draft>(() => (schema === null ? '{}' : draftOf(schema, undefined)));
  const [problem, setProblem] = useState<Extract<DraftResult, { ok: false }> | null>(null);
  const [responseSeconds, setResponseSeconds] = useState<number>(LIMITS.METHOD_RESPONSE_SECONDS_DEFAULT);
  const [connectSeconds, setConnectSeconds] = useState(0);
  const methodName =
    command === null ? name.trim() : command.component === null ? command.name : `${command.component}*${command.name}`;
  const call = useMutation({
    mutationFn: (body: InvokeMethod) => consoleClient.invokeMethod(identity, body),
    onSettled: (result, error, { payload }) => {
      const at = new Date().toISOString();
      if (result !== undefined) rememberCall(identityKey(identity), { methodName, payload, at, outcome: { result } });
      if (error instanceof ConsoleRefusal)
        rememberCall(identityKey(identity), { methodName, payload, at, outcome: { error } });
    },
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readPayload();
    setProblem(read.ok ? null : read);
    if (!read.ok) return;
    const timeouts = { responseTimeoutSeconds: responseSeconds, connectTimeoutSeconds: connectSeconds };
    call.mutate({ methodName, payload: read.value, ...timeouts });
  };
  const readPayload = (): DraftResult => {
    if (takesNothing) return { ok: true, value: null };
    return schema === null ? readJson(String(draft)) : readDraft(schema, draft);
  };
  return (
    <form className="card" onSubmit={submit} noValidate aria-label={command?.displayName ?? 'Any method'}>
      <Stack gap="sm" className={classes.form}>
        <div>
          <h2 className={classes.title}>{command?.displayName ?? 'Any method'}</h2>
          {command !== null && (
            <p className={classes.description}>
              <span className="mono">{methodName}</span>
              {command.description !== null && ` · ${command.description}`}
            </p>
          )}
        </div>
        {command === null && (
          <TextInput
            label="Method name"
            maxLength={LIMITS.METHOD_NAME_CHARACTERS_MAX}
            value={name}
            spellCheck={false}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {schema !== null && (
          <SchemaInput
            label={command?.request?.displayName || command?.request?.name || 'Payload'}
            description={command?.request?.description ?? null}
            unit={command?.request?.unit ?? null}
            schema={schema}
            draft={draft}
            onDraft={setDraft}
            problem={problem}
          />
        )}
        {command === null && (
          <JsonField label="Payload (JSON)" text={String(draft)} onText={setDraft} error={problem?.message ?? null} />
        )}
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
            disabled={methodName === ''}
            leftSection={<IconPlayerPlay size={16} />}
          >
            Call
          </Button>
        </Group>
        {!connected && <p className={classes.description}>It is offline: the call fails unless it connects in time.</p>}
      </Stack>
    </form>
  );
}
