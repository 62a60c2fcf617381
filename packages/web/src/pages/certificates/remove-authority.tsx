import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { AuthorityView } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { consoleClient } from '../../api/console-client.ts';
import { authoritiesQuery } from '../../api/queries.ts';
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../ui/notify.ts';

/** Removes an authority after saying whom that locks out. */
export function RemoveAuthority({ authority: { name, etag, isVerified } }: { readonly authority: AuthorityView }) {
  const button = useRef<HTMLButtonElement>(null);
  const [isConfirming, setConfirming] = useState(false);
  const queryClient = useQueryClient();
  const remove = useMutation({
    mutationFn: () => consoleClient.removeAuthority(name, etag),
    onSuccess: async () => {
      setConfirming(false);
      await queryClient.invalidateQueries({ queryKey: authoritiesQuery.queryKey });
      notify(`${name} is removed`);
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Button
        ref={button}
        size="xs"
        variant="default"
        aria-label={`Remove ${name}`}
        onClick={() => setConfirming(true)}
      >
        Remove…
      </Button>
      <ConfirmDialog
        opened={isConfirming}
        title={`Remove ${name}?`}
        text={
          isVerified
            ? 'Devices that rely on this authority are disconnected now and refused from then on. Devices that rely on another one reconnect by themselves.'
            : 'It is not verified, so no device relies on it.'
        }
        action="Remove authority"
        isPending={remove.isPending}
        onConfirm={() => remove.mutate()}
        onClose={() => setConfirming(false)}
        returnTo={button}
      />
    </>
  );
}
