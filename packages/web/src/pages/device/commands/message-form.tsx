import { ActionIcon, Button, Group, NativeSelect, NumberInput, Stack, Textarea, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { IconPlus, IconSend, IconX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type CommandAck, LIMITS, type NewCommand } from '@viaduct/contracts';
import { consoleClient } from '../../../api/console-client.ts';
import { commandsQuery } from '../../../api/queries.ts';
import { readJson } from '../../../model/schema-form.ts';
import { notify } from '../../../ui/notify.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { useIdentityScope } from '../device-context.ts';
import classes from './commands.module.css';

interface MessageDraft {
  body: string;
  contentType: string;
  ttlMinutes: number | string;
  ack: CommandAck;
  inputName: string;
  properties: { name: string; value: string }[];
}

const TTL_MINUTES_MAX = LIMITS.COMMAND_TTL_SECONDS_MAX / 60;
const FIRST_DRAFT: MessageDraft = {
  body: '{"hello": "device"}',
  contentType: 'application/json',
  ttlMinutes: LIMITS.COMMAND_TTL_SECONDS_DEFAULT / 60,
  ack: 'none',
  inputName: '',
  properties: [],
};
const ACKS = [
  { value: 'none', label: 'Nothing' },
  { value: 'positive', label: 'When it is completed' },
  { value: 'negative', label: 'When it is not' },
  { value: 'full', label: 'Whatever becomes of it' },
] as const satisfies readonly { value: CommandAck; label: string }[];

/** By hand: puts one message into the queue of a device or module. What was typed stays for the next. */
export function MessageForm() {
  const { identity } = useIdentityScope();
  const queryClient = useQueryClient();
  const form = useForm<MessageDraft>({ initialValues: FIRST_DRAFT, validate: { body: bodyProblem } });
  const send = useMutation({
    mutationFn: (command: NewCommand) => consoleClient.sendCommand(identity, command),
    onSuccess: () => {
      notify('The message is in the queue');
      void queryClient.invalidateQueries({ queryKey: commandsQuery(identity).queryKey });
    },
  });
  return (
    <form
      className="card"
      onSubmit={form.onSubmit((draft) => send.mutate(commandOf(draft)))}
      noValidate
      aria-label="Send a message"
    >
      <Stack gap="sm">
        <h2 className={classes.title}>Send a message</h2>
        {send.isError && <ProblemAlert error={send.error} />}
        <Textarea
          label="Body"
          autosize
          minRows={3}
          maxRows={16}
          spellCheck={false}
          classNames={{ input: 'mono' }}
          {...form.getInputProps('body')}
        />
        <Group gap="sm" grow preventGrowOverflow={false}>
          <NativeSelect
            label="Content type"
            data={['application/json', 'text/plain', 'application/octet-stream']}
            {...form.getInputProps('contentType')}
          />
          <NumberInput
            label="Expires after (min)"
            min={1}
            max={TTL_MINUTES_MAX}
            clampBehavior="blur"
            {...form.getInputProps('ttlMinutes')}
          />
        </Group>
        <NativeSelect
          label="Feedback to back ends"
          description="Kept until a back end reads it; ask for it only when one does."
          data={ACKS}
          {...form.getInputProps('ack')}
        />
        {identity.moduleId !== undefined && (
          <TextInput
            label="Input"
            description="Leave it empty for a command of the module itself."
            maxLength={LIMITS.ID_CHARACTERS_MAX}
            spellCheck={false}
            {...form.getInputProps('inputName')}
          />
        )}
        {form.values.properties.map((_property, index) => (
          <PropertyFields key={form.key(`properties.${index}`)} form={form} index={index} />
        ))}
        <Group justify="space-between">
          <Button
            size="compact-sm"
            variant="subtle"
            leftSection={<IconPlus size={14} />}
            onClick={() => form.insertListItem('properties', { name: '', value: '' })}
          >
            Add property
          </Button>
          <Button type="submit" leftSection={<IconSend size={16} />} loading={send.isPending}>
            Send
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

interface PropertyFieldsProps {
  readonly form: Pick<ReturnType<typeof useForm<MessageDraft>>, 'getInputProps' | 'removeListItem'>;
  readonly index: number;
}

function PropertyFields({ form, index }: PropertyFieldsProps) {
  return (
    <Group gap="xs" wrap="nowrap">
      <TextInput aria-label="Property name" placeholder="name" {...form.getInputProps(`properties.${index}.name`)} />
      <TextInput aria-label="Property value" placeholder="value" {...form.getInputProps(`properties.${index}.value`)} />
      <ActionIcon
        variant="subtle"
        color="gray"
        size={30}
        aria-label="Remove property"
        onClick={() => form.removeListItem('properties', index)}
      >
        <IconX size={16} />
      </ActionIcon>
    </Group>
  );
}

function bodyProblem(body: string, { contentType }: MessageDraft): string | null {
  if (new TextEncoder().encode(body).length > LIMITS.COMMAND_BYTES_MAX) {
    return `At most ${LIMITS.COMMAND_BYTES_MAX} bytes`;
  }
  if (contentType !== 'application/json') return null;
  const read = readJson(body);
  return read.ok ? null : read.message;
}

function commandOf({ body, contentType, ttlMinutes, ack, inputName, properties }: MessageDraft): NewCommand {
  const named = properties.filter(({ name }) => name.trim() !== '');
  return {
    body,
    contentType,
    ack,
    ...(inputName === '' ? {} : { inputName }),
    ttlSeconds: Math.max(1, Math.round(Number(ttlMinutes) * 60)),
    ...(named.length === 0
      ? {}
      : { properties: Object.fromEntries(named.map(({ name, value }) => [name.trim(), value])) }),
  };
}
