import { Button, Group, TextInput } from '@mantine/core';
import { IconBan, IconCircleCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type CredentialsView, identityKey, LIMITS } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { keyOf } from '../../../api/queries.ts';
import { Age } from '../../../ui/age.tsx';
import { notify, notifyProblem } from '../../../ui/notify.ts';
import { useIdentityScope } from '../device-context.ts';
import classes from './credentials.module.css';

/** Whether it may connect at all, and why not. */
export function StatusPanel({ credentials }: { readonly credentials: CredentialsView }) {
  const { identity } = useIdentityScope();
  const { status, statusReason, statusChangedAt } = credentials;
  const isEnabled = status === 'enabled';
  const [reason, setReason] = useState('');
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: () =>
      consoleClient.patchIdentity(identity, {
        status: isEnabled ? 'disabled' : 'enabled',
        statusReason: reason.trim() === '' ? null : reason.trim(),
      }),
    onSuccess: (changed) => {
      void queryClient.invalidateQueries({ queryKey: keyOf(identity) });
      notify(`${identityKey(identity)} is ${changed.status}`);
    },
    onError: notifyProblem,
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    change.mutate();
  };
  return (
    <section className="card" aria-labelledby="status">
      <h2 className={classes.title} id="status">
        {isEnabled ? 'Enabled' : 'Disabled'}
      </h2>
      <p className={classes.meaning}>
        {isEnabled
          ? 'It may connect. Disabling throws it out at once; commands wait, and nothing is deleted.'
          : 'It is refused until it is enabled again. Commands wait.'}
        {statusChangedAt !== null && (
          <>
            {' '}
            Changed <Age at={statusChangedAt} />
            {statusReason === null ? '.' : `: ${statusReason}`}
          </>
        )}
      </p>
      <form onSubmit={submit}>
        <Group gap="xs" align="flex-end" mt="sm">
          <TextInput
            className={classes.reason}
            label="Reason (optional)"
            maxLength={LIMITS.STATUS_REASON_CHARACTERS_MAX}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Button
            type="submit"
            variant="default"
            loading={change.isPending}
            leftSection={isEnabled ? <IconBan size={16} /> : <IconCircleCheck size={16} />}
          >
            {isEnabled ? 'Disable' : 'Enable'}
          </Button>
        </Group>
      </form>
    </section>
  );
}
