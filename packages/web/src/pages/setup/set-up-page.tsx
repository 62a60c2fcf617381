import { Button, PasswordInput, Skeleton, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQuery } from '@tanstack/react-query';
import { getRouteApi, useNavigate } from '@tanstack/react-router';
import { LIMITS, type SetUpState } from '@viaduct/contracts';
import { consoleClient } from '../../api/console-client.ts';
import { queryClient, sessionQuery } from '../../api/queries.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EntryCard } from '../../ui/entry-card.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

const route = getRouteApi('/setup');

/** The server has the last word; this only spares a round trip. */
const { PASSWORD_CHARACTERS_MIN } = LIMITS;

const TITLES = { firstAdministrator: 'Create the first administrator', newPassword: 'Choose a new password' } as const;

/** Where the one-time link of the server's start-up text leads. */
export function SetUpPage() {
  usePageTitle('Set up');
  const { token = '' } = route.useSearch();
  const state = useQuery({
    queryKey: ['setup', token],
    queryFn: () => consoleClient.setUpState(token),
    retry: false,
    meta: { quiet: true },
  });
  const title = state.data === undefined ? 'Set up' : TITLES[state.data.kind];
  return (
    <EntryCard title={title}>
      {state.isPending && <Skeleton height={200} />}
      {state.isError && (
        <Stack>
          <ProblemAlert error={state.error} />
          <ButtonLink to="/sign-in" variant="default">
            Go to sign-in
          </ButtonLink>
        </Stack>
      )}
      {state.isSuccess && <SetUpForm token={token} state={state.data} />}
    </EntryCard>
  );
}

function SetUpForm({ token, state }: { readonly token: string; readonly state: SetUpState }) {
  const navigate = useNavigate();
  const form = useForm({
    initialValues: { userName: 'admin', password: '', repeated: '' },
    validate: {
      userName: (name) => (name.trim() === '' ? 'Choose a user name' : null),
      password: (password) =>
        password.length < PASSWORD_CHARACTERS_MIN ? `At least ${PASSWORD_CHARACTERS_MIN} characters` : null,
      repeated: (repeated, values) => (repeated === values.password ? null : 'The two do not match'),
    },
  });
  const setUp = useMutation({
    mutationFn: consoleClient.setUp,
    onSuccess: async (session) => {
      queryClient.setQueryData(sessionQuery.queryKey, session);
      await navigate({ to: '/', replace: true });
    },
  });
  return (
    <form
      noValidate
      onSubmit={form.onSubmit(({ userName, password }) => setUp.mutate({ token, userName: userName.trim(), password }))}
    >
      <Stack>
        <Text size="sm" className="quiet">
          {state.kind === 'firstAdministrator'
            ? 'This link works once. The password stays on this server.'
            : 'This link works once and replaces the password of the user you name.'}
        </Text>
        {setUp.isError && <ProblemAlert error={setUp.error} />}
        <TextInput label="User name" autoComplete="username" {...form.getInputProps('userName')} />
        <PasswordInput
          label="Password"
          description={`At least ${PASSWORD_CHARACTERS_MIN} characters`}
          autoComplete="new-password"
          {...form.getInputProps('password')}
        />
        <PasswordInput label="Password again" autoComplete="new-password" {...form.getInputProps('repeated')} />
        <Button type="submit" loading={setUp.isPending}>
          {state.kind === 'firstAdministrator' ? 'Create and sign in' : 'Save and sign in'}
        </Button>
      </Stack>
    </form>
  );
}
