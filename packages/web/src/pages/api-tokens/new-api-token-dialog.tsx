import { Alert, Button, Group, Modal, NumberInput, Radio, Stack, TextInput } from '@mantine/core';
import { IconEyeOff } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { API_ROLES, type ApiRole, LIMITS, type MadeApiToken } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { apiTokensClient, apiTokensQuery } from '../../api/api-tokens-client.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
import { API_ROLE_WORDS } from './api-role-words.ts';

interface NewApiTokenDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Asks what the token is for, then shows it: once. */
export function NewApiTokenDialog({ opened, onClose }: NewApiTokenDialogProps) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      // A click beside it would lose a token that nobody has copied.
      closeOnClickOutside={false}
      title="New API token"
      closeButtonProps={{ 'aria-label': 'Close' }}
    >
      <NewApiToken onClose={onClose} />
    </Modal>
  );
}

function NewApiToken({ onClose }: { readonly onClose: () => void }) {
  const [made, setMade] = useState<MadeApiToken | null>(null);
  return made === null ? (
    <NewApiTokenForm onMade={setMade} onClose={onClose} />
  ) : (
    <Stack>
      <Alert variant="light" icon={<IconEyeOff />} title="Copy it now">
        Nobody can read it again, this console included.
      </Alert>
      <TextBlock text={made.token} label="API token" />
      <p className="quiet">It is the whole of the Authorization header, as it is:</p>
      <TextBlock text={curlLine(made.token)} label="A first request" />
      <Group justify="flex-end">
        <CopyButton text={made.token} label="Copy token" />
        <Button size="xs" onClick={onClose}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}

/** The address is the one that this page came from. */
function curlLine(token: string): string {
  return `curl -H 'Authorization: ${token}' '${window.location.origin}/api/devices?api-version=2022-07-31'`;
}

interface NewApiTokenFormProps {
  readonly onMade: (made: MadeApiToken) => void;
  readonly onClose: () => void;
}

function NewApiTokenForm({ onMade, onClose }: NewApiTokenFormProps) {
  const [tokenId, setTokenId] = useState('');
  const [role, setRole] = useState<ApiRole>('operator');
  const [days, setDays] = useState<number>(LIMITS.API_TOKEN_DAYS_DEFAULT);
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: () => apiTokensClient.create({ tokenId: tokenId.trim(), role, expiresInDays: days }),
    onSuccess: async (made) => {
      await queryClient.invalidateQueries({ queryKey: apiTokensQuery.queryKey });
      onMade(made);
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tokenId.trim() !== '') create.mutate();
  };
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {create.error !== null && <ProblemAlert error={create.error} />}
        <TextInput
          label="Id"
          description="Of the program that will use it: letters, digits, dots and hyphens."
          data-autofocus
          spellCheck={false}
          maxLength={LIMITS.API_TOKEN_ID_CHARACTERS_MAX}
          value={tokenId}
          onChange={(event) => setTokenId(event.currentTarget.value)}
        />
        <Radio.Group label="Role" value={role} onChange={(value) => setRole(roleOf(value))}>
          <Stack gap={8} mt={6}>
            {API_ROLES.map((each) => (
              <Radio
                key={each}
                value={each}
                label={API_ROLE_WORDS[each].title}
                description={API_ROLE_WORDS[each].text}
              />
            ))}
          </Stack>
        </Radio.Group>
        <NumberInput
          label="Ends in days"
          min={1}
          max={LIMITS.API_TOKEN_DAYS_MAX}
          value={days}
          onChange={(value) => setDays(Number(value) || LIMITS.API_TOKEN_DAYS_DEFAULT)}
        />
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" disabled={tokenId.trim() === ''} loading={create.isPending}>
            Make token
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function roleOf(value: string): ApiRole {
  return API_ROLES.find((each) => each === value) ?? 'operator';
}
