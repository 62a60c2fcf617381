import { Alert, Button, Group, Modal, NumberInput, Radio, Stack, TextInput } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ACCESS_ROLES, type AccessRole, LIMITS, type MadeAccessToken } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { tokensClient, tokensQuery } from '../../api/tokens-client.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
import { ROLE_WORDS } from './role-words.ts';

interface NewTokenDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Asks what the token is for, then shows it: once. */
export function NewTokenDialog({ opened, onClose }: NewTokenDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      // A click beside it would lose a token that nobody has copied.
      closeOnClickOutside={false}
      title="New access token"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NewToken onClose={onClose} />
    </Modal>
  );
}

function NewToken({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<MadeAccessToken | null>(null);
  return made === null ? (
    <NewTokenForm onMade={setMade} onClose={onClose} />
  ) : (
    <Stack>
      <Alert variant="light" icon={<IconEyeOff />} title="Copy it now">
        Nobody can read it again, this console included.
      </Alert>
      <TextBlock text={made.token} label="Access token" />
      <p className="quiet">
        Send it as <code>Authorization: Bearer …</code>
      </p>
      <Group justify="flex-end">
        <CopyButton text={made.token} label="Copy token" />
        <Button size="xs" onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}

interface NewTokenFormProps {
  readonly onMade: (made: MadeAccessToken) => void;
  readonly onClose: () => void;
}

function NewTokenForm({ onMade, onClose }: NewTokenFormProps) {
  const [name, setName] = useState('');
  const [role, setRole] = useState<AccessRole>('dataReader');
  const [days, setDays] = useState<number>(LIMITS.ACCESS_TOKEN_DAYS_DEFAULT);
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => tokensClient.create({ name: name.trim(), role, expiresInDays: days }),
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: tokensQuery.queryKey });
      onMade(made);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() !== '') create.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {create.error !== null && <ProblemAlert error={create.error} />}
        <TextInput
          label="Name"
          description="Of the program that will use it."
          data-autofocus
          spellCheck={false}
          maxLength={LIMITS.ACCESS_TOKEN_NAME_CHARACTERS_MAX}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Radio.Group label="It may do" value={role} onChange={(value) => setRole(roleOf(value))}>
          <Stack gap={8} mt={6}>
            {ACCESS_ROLES.map((each) => (
              <Radio key={each} value={each} label={ROLE_WORDS[each].title} description={ROLE_WORDS[each].text} />
            ))}
          </Stack>
        </Radio.Group>
        <NumberInput
          label="Ends in days"
          min={1}
          max={LIMITS.ACCESS_TOKEN_DAYS_MAX}
          value={days}
          onChange={(value) => setDays(Number(value) || LIMITS.ACCESS_TOKEN_DAYS_DEFAULT)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={name.trim() === ''} loading={create.isPending}>
            Make token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function roleOf(value: string): AccessRole {
  return ACCESS_ROLES.find((each) => each === value) ?? 'dataReader';
}
