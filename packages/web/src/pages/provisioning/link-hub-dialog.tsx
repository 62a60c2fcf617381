import { Button, Group, Modal, NumberInput, PasswordInput, Stack } from '@mantine/core';
import { IconCircleCheck } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { NewLinkedHub } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { hubsQuery, provisioningClient } from '../../api/provisioning-client.ts';
import { notify } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { CertificateTextField } from '../certificates/certificate-text-field.tsx';
import { WEIGHT_MAX } from './linked-hub-card.tsx';

interface LinkHubDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
}

/** Another hub, by its connection string; tried before it is linked. */
export function LinkHubDialog({ opened, onClose }: LinkHubDialogProps) {
  return (
    <Modal opened={opened} onClose={onClose} title="Link a hub" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <LinkHubForm onClose={onClose} />
    </Modal>
  );
}

function LinkHubForm({ onClose }: Pick<LinkHubDialogProps, 'onClose'>) {
  const [connectionString, setConnectionString] = useState('');
  const [caPem, setCaPem] = useState('');
  const [weight, setWeight] = useState<number | string>(1);
  const queryClient = useQueryClient();
  const hub: NewLinkedHub = {
    connectionString: connectionString.trim(),
    caPem: caPem.trim() || null,
    allocationWeight: Math.min(WEIGHT_MAX, Math.max(1, Number(weight) || 1)),
  };
  const trial = useMutation({ mutationFn: () => provisioningClient.tryNewHub(hub) });
  const link = useMutation({
    mutationFn: () => provisioningClient.addHub(hub),
    onSuccess: async ({ hostName }) => {
      await queryClient.invalidateQueries({ queryKey: hubsQuery.queryKey });
      notify(`${hostName} is linked`);
      onClose();
    },
  });
  const isReady = /HostName=.+SharedAccessKey=./i.test(hub.connectionString);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isReady) link.mutate();
  };
  const error = link.error ?? trial.error;
  return (
    <form onSubmit={submit} noValidate>
      <Stack>
        {error !== null && <ProblemAlert error={error} />}
        <PasswordInput
          label="Connection string"
          description="Of a policy that may read and write the registry and connect as a service. It is kept encrypted and never shown."
          placeholder="HostName=…;SharedAccessKeyName=…;SharedAccessKey=…"
          autoComplete="off"
          data-autofocus
          value={connectionString}
          onChange={(event) => {
            setConnectionString(event.currentTarget.value);
            trial.reset();
          }}
        />
        <CertificateTextField
          label="Its certificate authority"
          description="Only where this machine does not trust the hub's certificate by itself; of a Viaduct: its ca.pem."
          text={caPem}
          onText={(text) => {
            setCaPem(text);
            trial.reset();
          }}
        />
        <NumberInput
          label="Weight"
          description="Its share of devices that are spread evenly."
          min={1}
          max={WEIGHT_MAX}
          value={weight}
          onChange={setWeight}
        />
        <Group justify="flex-end">
          <span aria-live="polite">
            {trial.isSuccess && (
              <StatusBadge tone="good" icon={IconCircleCheck}>
                Answers in {Math.max(1, Math.round(trial.data.latencyMs))} ms
              </StatusBadge>
            )}
          </span>
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button variant="default" disabled={!isReady} loading={trial.isPending} onClick={() => trial.mutate()}>
            Test
          </Button>
          <Button type="submit" disabled={!isReady} loading={link.isPending}>
            Link hub
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
