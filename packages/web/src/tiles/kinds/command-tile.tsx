import { Button, Textarea } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { LIMITS, type ModelCommand } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { deviceQuery } from '../../api/queries.ts';
import { type Draft, type DraftResult, draftOf, readDraft, readJson } from '../../model/schema-form.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { SchemaInput } from '../../ui/schema-input.tsx';
import type { ConfigurationOf } from '../tile-configuration.ts';
import { missingOf, resolveText } from '../tile-source.ts';
import { Gone, Note } from '../tile-state.tsx';
import { useTileSurroundings } from '../tile-surroundings.ts';
import classes from '../tiles.module.css';
import { useGoneDevice } from '../use-gone-device.ts';

/** One command, or a pad of several, for one device. */
export function CommandTile({
  configuration,
}: {
  readonly configuration: ConfigurationOf<'command'> | ConfigurationOf<'commandPad'>;
}) {
  const { variables } = useTileSurroundings();
  const missing = missingOf(configuration.device, variables);
  const deviceId = resolveText(configuration.device, variables);
  const gone = useGoneDevice(deviceId);
  const model = useQuery({ ...deviceQuery(deviceId), enabled: deviceId !== '', retry: false }).data?.model;
  if (missing !== null) return <Note>Choose above: {missing}.</Note>;
  if (deviceId === '') return <Note>Choose a device in the tile's settings.</Note>;
  if (gone !== null) return <Gone deviceId={gone} />;
  const commands = configuration.type === 'command' ? [configuration.command] : configuration.commands;
  return (
    <div className={classes.form}>
      {commands.map((command) => (
        <CommandForm
          key={`${deviceId} ${command}`}
          deviceId={deviceId}
          command={command}
          isPad={configuration.type === 'commandPad'}
          known={model?.commands.find((one) => pathOf(one) === command) ?? null}
        />
      ))}
    </div>
  );
}

function pathOf({ component, name }: ModelCommand): string {
  return component === null ? name : `${component}.${name}`;
}

interface CommandFormProps {
  readonly deviceId: string;
  readonly command: string;
  readonly isPad: boolean;
  readonly known: ModelCommand | null;
}

function CommandForm({ deviceId, command, isPad, known }: CommandFormProps) {
  const schema = known?.request?.schema ?? null;
  const hasInput = known === null ? !isPad : known.request !== null;
  const [typed, setTyped] = useState<Draft | null>(null);
  const [problem, setProblem] = useState<Extract<DraftResult, { ok: false }> | null>(null);
  const draft = typed ?? (schema === null ? '' : draftOf(schema, undefined));
  const run = useMutation({
    mutationFn: (payload: unknown) =>
      consoleClient.invokeMethod(
        { deviceId },
        {
          methodName: command.replace('.', '*'),
          payload,
          responseTimeoutSeconds: LIMITS.METHOD_RESPONSE_SECONDS_DEFAULT,
          connectTimeoutSeconds: 0,
        },
      ),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const read = readPayload(hasInput, schema, draft);
    setProblem(read.ok ? null : read);
    if (read.ok) run.mutate(read.value);
  };
  return (
    <form onSubmit={submit} noValidate>
      {hasInput && schema !== null && (
        <SchemaInput
          label={known?.request?.displayName || 'Payload'}
          unit={known?.request?.unit ?? null}
          schema={schema}
          draft={draft}
          onDraft={setTyped}
          problem={problem}
        />
      )}
      {hasInput && schema === null && (
        <Textarea
          size="xs"
          label="Payload (JSON)"
          autosize
          minRows={1}
          maxRows={4}
          classNames={{ input: 'mono' }}
          value={String(draft)}
          error={problem?.message}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <Button
        mt={6}
        size="xs"
        type="submit"
        loading={run.isPending}
        leftSection={<IconPlayerPlay size={14} aria-hidden="true" />}
      >
        {known?.displayName || command}
      </Button>
      <div aria-live="polite">
        {run.isSuccess && (
          <p className={`mono ${classes.answer}`}>
            <span className={run.data.status >= 400 ? 'danger' : undefined}>{run.data.status}</span>{' '}
            {JSON.stringify(run.data.payload)}
          </p>
        )}
      </div>
      {run.isError && <ProblemAlert error={run.error} />}
    </form>
  );
}

function readPayload(hasInput: boolean, schema: Parameters<typeof readDraft>[0] | null, draft: Draft): DraftResult {
  if (!hasInput) return { ok: true, value: null };
  if (schema !== null) return readDraft(schema, draft);
  return draft === '' ? { ok: true, value: null } : readJson(String(draft));
}
