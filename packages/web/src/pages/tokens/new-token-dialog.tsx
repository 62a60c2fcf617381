import { Alert, Button, Group, Modal, NumberInput, Radio, Stack, TextInput } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { tokensQuery } from '../../api/tokens-client.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { DialogForm } from '../../ui/dialog-form.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
import type { TokenKind } from './token-kind.ts';

interface NewTokenDialogProps<Role extends string> extends NewTokenProps<Role> {
  readonly opened: boolean;
}

interface NewTokenProps<Role extends string> {
  readonly kind: TokenKind<Role>;
  readonly onClose: () => void;
}

/** Asks what the token is for, then shows it: once. */
export function NewTokenDialog<Role extends string>({ kind, opened, onClose }: NewTokenDialogProps<Role>) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      // A click beside it would lose a token that nobody has copied.
      closeOnClickOutside={false}
      title={kind.words.newOne}
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NewToken kind={kind} onClose={onClose} />
    </Modal>
  );
}

function NewToken<Role extends string>({ kind, onClose }: NewTokenProps<Role>) {
  const [token, setToken] = useState<string | null>(null);
  return token === null ? (
    <NewTokenForm kind={kind} onMade={setToken} onClose={onClose} />
  ) : (
    <Stack>
      <Alert variant="light" icon={<IconEyeOff />} title="Copy it now">
        Nobody can read it again, this console included.
      </Alert>
      <TextBlock text={token} label={kind.words.one} />
      {kind.howToUse(token)}
      <Group justify="flex-end">
        <CopyButton text={token} label="Copy token" />
        <Button size="xs" onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}

interface NewTokenFormProps<Role extends string> extends NewTokenProps<Role> {
  readonly onMade: (token: string) => void;
}

function NewTokenForm<Role extends string>({ kind, onMade, onClose }: NewTokenFormProps<Role>) {
  const { client, words, limits, roles, firstRole, roleWords } = kind;
  const [name, setName] = useState('');
  const [role, setRole] = useState(firstRole);
  const [days, setDays] = useState(limits.daysDefault);
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => client.create({ name: name.trim(), role, expiresInDays: days }),
    onSuccess: async ({ token }) => {
      await queryClient.invalidateQueries({ queryKey: tokensQuery(client).queryKey });
      onMade(token);
    },
  });
  return (
    <DialogForm
      action="Make token"
      isReady={name.trim() !== ''}
      sending={create}
      onSend={() => create.mutate()}
      onClose={onClose}
    >
      <TextInput
        label={words.name}
        description={words.nameDescription}
        data-autofocus
        spellCheck={false}
        maxLength={limits.nameCharactersMax}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
      />
      <Radio.Group
        label={words.role}
        value={role}
        onChange={(value) => setRole(roles.find((each) => each === value) ?? firstRole)}
      >
        <Stack gap={8} mt={6}>
          {roles.map((each) => (
            <Radio key={each} value={each} label={roleWords[each].title} description={roleWords[each].text} />
          ))}
        </Stack>
      </Radio.Group>
      <NumberInput
        label="Ends in days"
        min={1}
        max={limits.daysMax}
        value={days}
        onChange={(value) => setDays(Number(value) || limits.daysDefault)}
      />
    </DialogForm>
  );
}
