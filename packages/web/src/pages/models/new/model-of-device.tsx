import { Button, Group, Skeleton, Text, TextInput } from '@mantine/core';
import { IconSparkles } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { InferredTemplate } from '@viaduct/contracts';
import { useState } from 'react';
import { proposalQuery, templatesClient } from '../../../api/templates-client.ts';
import { ButtonLink } from '../../../ui/button-link.tsx';
import { EmptyState } from '../../../ui/empty-state.tsx';
import { notify } from '../../../ui/notify.ts';
import { PageHead } from '../../../ui/page-head.tsx';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { FaultList } from '../fault-list.tsx';
import { acceptAll, acceptedFields, type Choice, choicesOf } from './choices.ts';
import { ProposalTable } from './proposal-table.tsx';

/** A model made of what a device sends: everything is there, guesses are accepted with one key. */
export function ModelOfDevice({ deviceId }: { readonly deviceId: string }) {
  const proposal = useQuery(proposalQuery(deviceId));
  if (proposal.isPending) return <Skeleton height={320} />;
  if (proposal.isError) return <ProblemAlert error={proposal.error} onRetry={() => void proposal.refetch()} />;
  if (proposal.data.fields.length === 0) {
    return (
      <EmptyState
        order={1}
        icon={IconSparkles}
        title="Nothing to make a model of"
        text={`${deviceId} has sent nothing in the last day that a model could hold. Once it sends, a model is made in a moment.`}
      >
        <ButtonLink to="/devices/$deviceId" params={{ deviceId }}>
          Show {deviceId}
        </ButtonLink>
      </EmptyState>
    );
  }
  return <Proposal proposal={proposal.data} />;
}

function Proposal({ proposal }: { readonly proposal: InferredTemplate }) {
  const { deviceId, messages, skipped, skippedCount } = proposal;
  const [displayName, setDisplayName] = useState(proposal.displayName);
  const [choices, setChoices] = useState<readonly Choice[]>(() => choicesOf(proposal.fields));
  const accept = useAccept(proposal, displayName, choices);
  const open = choices.filter(
    ({ isTaken, field, hasMeasure }) => isTaken && field.measure !== null && !hasMeasure,
  ).length;
  const chosen = choices.filter(({ isTaken }) => isTaken).length;
  return (
    <>
      <PageHead
        title={`A model of what ${deviceId} sends`}
        text={`Made of its last ${messages} messages and its properties. Units that its names and values leave in doubt are yours to accept: Tab to one, then Enter.`}
      >
        {open > 0 && (
          <Button variant="default" onClick={() => setChoices(acceptAll(choices))}>
            Accept all {open} guesses
          </Button>
        )}
        <Button loading={accept.isPending} disabled={chosen === 0} onClick={() => accept.mutate()}>
          Publish and use
        </Button>
      </PageHead>
      {accept.error !== null && <FaultList error={accept.error} />}
      <Group>
        <TextInput
          label="Name of the model"
          value={displayName}
          maxLength={64}
          onChange={(event) => setDisplayName(event.currentTarget.value)}
        />
        <Text size="xs" className="quiet mono">
          {proposal.templateId}
        </Text>
      </Group>
      <ProposalTable choices={choices} onChange={setChoices} />
      {skippedCount > 0 && (
        <Text size="sm">
          {skippedCount.toLocaleString('en')} left out, for their names or values have no form in a model; they are kept
          and shown as they come: <span className="mono">{skipped.join(', ')}</span>
          {skippedCount > skipped.length ? ', …' : ''}
        </Text>
      )}
    </>
  );
}

function useAccept({ deviceId, templateId }: InferredTemplate, displayName: string, choices: readonly Choice[]) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => templatesClient.accept(deviceId, { templateId, displayName, fields: acceptedFields(choices) }),
    onSuccess: async () => {
      notify(`${displayName} is published, and ${deviceId} has it`);
      await queryClient.invalidateQueries({ queryKey: ['templates', 'list'] });
      await queryClient.invalidateQueries({ queryKey: ['device', deviceId] });
      await navigate({ to: '/devices/$deviceId', params: { deviceId } });
    },
  });
}
