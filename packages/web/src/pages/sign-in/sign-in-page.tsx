import { Button, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation } from '@tanstack/react-query';
import { getRouteApi, useRouter } from '@tanstack/react-router';
import type { SignIn } from '@viaduct/contracts';
import { consoleClient } from '../../api/console-client.ts';
import { queryClient, sessionQuery } from '../../api/queries.ts';
import { EntryCard } from '../../ui/entry-card.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { safeReturnPath } from '../../ui/search-params.ts';

const route = getRouteApi('/sign-in');

export function SignInPage() {
  usePageTitle('Sign in');
  const { returnTo } = route.useSearch();
  const router = useRouter();
  const form = useForm<SignIn>({
    initialValues: { userName: '', password: '' },
    validate: {
      userName: (name) => (name.trim() === '' ? 'Enter your user name' : null),
      password: (password) => (password === '' ? 'Enter your password' : null),
    },
  });
  const signIn = useMutation({
    mutationFn: consoleClient.signIn,
    onSuccess: (session) => {
      queryClient.setQueryData(sessionQuery.queryKey, session);
      router.history.push(`/console${safeReturnPath(returnTo)}`);
    },
  });
  return (
    <EntryCard title="Sign in">
      <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
        <Stack>
          {signIn.isError && <ProblemAlert error={signIn.error} />}
          <TextInput label="User name" autoComplete="username" data-autofocus {...form.getInputProps('userName')} />
          <PasswordInput label="Password" autoComplete="current-password" {...form.getInputProps('password')} />
          <Button type="submit" loading={signIn.isPending}>
            Sign in
          </Button>
          <Text size="xs" className="quiet">
            Password lost? Run <code>npx viaduct admin-link</code> on the server for a one-time link.
          </Text>
        </Stack>
      </form>
    </EntryCard>
  );
}
