import { Button, Group } from '@mantine/core';
import { IconArrowsExchange, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { CredentialsView, KeyRotation } from '@viaduct/contracts';
import { useRef, useState } from 'react';
import { consoleClient } from '../../../api/console-client.ts';
import { credentialsQuery } from '../../../api/queries.ts';
import { ConfirmDialog } from '../../../ui/confirm-dialog.tsx';
import { notify, notifyProblem } from '../../../ui/notify.ts';
import { SecretLine } from '../../../ui/secret-line.tsx';
import { useIdentityScope } from '../device-context.ts';
import classes from './credentials.module.css';

const ROTATIONS = {
  primary: {
    label: 'New primary key…',
    Glyph: IconRefresh,
    title: 'Make a new primary key?',
    text: 'Whoever uses the primary key now is disconnected and refused from then on, until it is given the new one. A client with the secondary key is disconnected too, and comes back by itself.',
    action: 'Make new primary key',
    done: 'The primary key is new',
  },
  secondary: {
    label: 'New secondary key…',
    Glyph: IconRefresh,
    title: 'Make a new secondary key?',
    text: 'Whoever uses the secondary key now is disconnected and refused from then on, until it is given the new one. A client with the primary key is disconnected too, and comes back by itself.',
    action: 'Make new secondary key',
    done: 'The secondary key is new',
  },
  swap: {
    label: 'Swap…',
    Glyph: IconArrowsExchange,
    title: 'Swap the two keys?',
    text: 'The primary key becomes the secondary one and the other way round. Both stay valid: a connected client is disconnected once, and comes back by itself.',
    action: 'Swap keys',
    done: 'The keys are swapped',
  },
} as const satisfies Record<KeyRotation, object>;

/** The two keys: to be copied, and to be replaced one after the other. */
export function KeysPanel({ credentials }: { readonly credentials: CredentialsView }) {
  const { primaryKey, primaryConnectionString, secondaryKey, secondaryConnectionString } = credentials;
  return (
    <>
      <dl className={classes.values}>
        <SecretLine title="Connection string, primary" value={primaryConnectionString} />
        <SecretLine title="Primary key" value={primaryKey} />
        <SecretLine title="Connection string, secondary" value={secondaryConnectionString} />
        <SecretLine title="Secondary key" value={secondaryKey} />
      </dl>
      <Group gap="xs" mt="md">
        {(['primary', 'secondary', 'swap'] as const).map((which) => (
          <RotateButton key={which} which={which} />
        ))}
      </Group>
      <p className={classes.note}>
        To replace both without an outage: make a new secondary key, give it to the client, swap, then make a new
        secondary key once more.
      </p>
    </>
  );
}

function RotateButton({ which }: { readonly which: KeyRotation }) {
  const { identity } = useIdentityScope();
  const { label, Glyph, title, text, action, done } = ROTATIONS[which];
  const button = useRef<HTMLButtonElement>(null);
  const [isConfirming, setConfirming] = useState(false);
  const queryClient = useQueryClient();
  const rotate = useMutation({
    mutationFn: () => consoleClient.rotateKeys(identity, which),
    onSuccess: (credentials) => {
      setConfirming(false);
      queryClient.setQueryData(credentialsQuery(identity).queryKey, credentials);
      notify(done);
    },
    onError: notifyProblem,
  });
  return (
    <>
      <Button
        ref={button}
        size="xs"
        variant="default"
        leftSection={<Glyph size={14} />}
        onClick={() => setConfirming(true)}
      >
        {label}
      </Button>
      <ConfirmDialog
        opened={isConfirming}
        title={title}
        text={text}
        action={action}
        isPending={rotate.isPending}
        onConfirm={() => rotate.mutate()}
        onClose={() => setConfirming(false)}
        returnTo={button}
      />
    </>
  );
}
