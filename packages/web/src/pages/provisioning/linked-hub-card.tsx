import { Button, NumberInput, Switch } from '@mantine/core';
import { IconCircleCheck, IconPlugConnectedX } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { LinkedHubInput, LinkedHubView } from '@viaduct/contracts';
import { useState } from 'react';
import { hubsQuery, provisioningClient } from '../../api/provisioning-client.ts';
import { Age } from '../../ui/age.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { notify, notifyProblem } from '../../ui/notify.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import classes from './provisioning.module.css';

export const WEIGHT_MAX = 1_000;

/** One hub: what is known of it, its share of devices, and whether it answers. */
export function LinkedHubCard({ hub }: { readonly hub: LinkedHubView }) {
  const { hostName, kind, policyName, hasOwnAuthority, createdTime } = hub;
  const trial = useMutation({ mutationFn: () => provisioningClient.tryHub(hostName) });
  const titleId = `hub-${hostName}`;
  return (
    <section className="card" aria-labelledby={titleId}>
      <div className={classes.head}>
        <h2 className={classes.plainTitle} id={titleId}>
          {hostName}
        </h2>
        {kind === 'local' && (
          <StatusBadge tone="quiet" icon={IconCircleCheck}>
            This server
          </StatusBadge>
        )}
        {trial.isSuccess && (
          <StatusBadge tone="good" icon={IconCircleCheck}>
            Answers in {Math.max(1, Math.round(trial.data.latencyMs))} ms
          </StatusBadge>
        )}
        {trial.isError && (
          <StatusBadge tone="bad" icon={IconPlugConnectedX}>
            Does not work
          </StatusBadge>
        )}
        <div className={classes.actions}>
          <Button size="xs" variant="default" loading={trial.isPending} onClick={() => trial.mutate()}>
            Test
          </Button>
          {kind === 'remote' && <UnlinkHub hub={hub} />}
        </div>
      </div>
      <p className={classes.sub}>
        {kind === 'local' ? (
          'Always linked.'
        ) : (
          <>
            With the policy {policyName}
            {hasOwnAuthority && ', trusted by an authority of its own'}; linked <Age at={createdTime} />.
          </>
        )}
      </p>
      {trial.isError && <ProblemAlert error={trial.error} />}
      <Share hub={hub} />
    </section>
  );
}

function Share({ hub }: { readonly hub: LinkedHubView }) {
  const queryClient = useQueryClient();
  const [weight, setWeight] = useState<number | string>(hub.allocationWeight);
  const change = useMutation({
    mutationFn: (input: LinkedHubInput) => provisioningClient.changeHub(hub, input),
    onSuccess: (changed) => {
      queryClient.setQueryData<readonly LinkedHubView[]>(hubsQuery.queryKey, (hubs) =>
        hubs?.map((each) => (each.hostName === changed.hostName ? changed : each)),
      );
      notify(`${hub.hostName} is changed`);
    },
    onError: (error) => {
      notifyProblem(error);
      void queryClient.invalidateQueries({ queryKey: hubsQuery.queryKey });
    },
  });
  const typed = Number(weight);
  const isChanged = typed >= 1 && typed <= WEIGHT_MAX && typed !== hub.allocationWeight;
  return (
    <div className={classes.share}>
      <Switch
        label="Takes new devices"
        checked={hub.takesNewDevices}
        disabled={change.isPending}
        onChange={(event) => change.mutate({ takesNewDevices: event.currentTarget.checked })}
      />
      <NumberInput
        label="Weight"
        aria-label={`Weight of ${hub.hostName}`}
        min={1}
        max={WEIGHT_MAX}
        w={120}
        value={weight}
        onChange={setWeight}
      />
      {isChanged && (
        <Button size="xs" loading={change.isPending} onClick={() => change.mutate({ allocationWeight: typed })}>
          Save weight
        </Button>
      )}
    </div>
  );
}

function UnlinkHub({ hub }: { readonly hub: LinkedHubView }) {
  const queryClient = useQueryClient();
  const remove = async () => {
    await provisioningClient.removeHub(hub);
    await queryClient.invalidateQueries({ queryKey: hubsQuery.queryKey });
  };
  return (
    <ConfirmButton
      label={`Unlink ${hub.hostName}`}
      text="Unlink…"
      question={`Unlink ${hub.hostName}?`}
      consequence="No device is sent there any more. Those that are there stay, until they ask again."
      action="Unlink hub"
      done={`${hub.hostName} is unlinked`}
      act={remove}
    />
  );
}
