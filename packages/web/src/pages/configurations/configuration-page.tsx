import { Button, Skeleton, Stack } from '@mantine/core';
import { IconAdjustments } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ConfigurationDetail } from '@viaduct/contracts';
import { configurationQuery, configurationsClient } from '../../api/configurations-client.ts';
import { ConsoleRefusal } from '../../api/request.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { notify } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { pairsOf, recordOf } from '../../ui/pairs-field.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ConfigurationCounts } from './configuration-counts.tsx';
import { ConfigurationDevices } from './configuration-devices.tsx';
import type { ConfigurationDraft } from './configuration-draft.ts';
import { ConfigurationFacts } from './configuration-facts.tsx';
import { ConfigurationForm } from './configuration-form.tsx';

const route = getRouteApi('/shell/configurations/$id');

/** One configuration: what it sets, on which devices, how it fares at each. */
export function ConfigurationPage() {
  const { id } = route.useParams();
  usePageTitle(id, 'Configurations');
  useFleetStream();
  const configuration = useQuery(configurationQuery(id));
  if (configuration.isPending) return <Skeleton height={320} />;
  if (configuration.isError) {
    const { error } = configuration;
    const isUnknown = error instanceof ConsoleRefusal && error.code === 'configuration.notFound';
    if (!isUnknown) return <ProblemAlert error={error} onRetry={() => void configuration.refetch()} />;
    return (
      <EmptyState order={1} icon={IconAdjustments} title="No such configuration" text={error.advice}>
        <ButtonLink to="/configurations">Show all configurations</ButtonLink>
      </EmptyState>
    );
  }
  return <KnownConfiguration configuration={configuration.data} />;
}

function KnownConfiguration({ configuration }: { readonly configuration: ConfigurationDetail }) {
  const { edit = false } = route.useSearch();
  const navigate = route.useNavigate();
  const { id } = configuration;
  const setEdit = (isOpen: boolean) => void navigate({ search: { edit: isOpen || undefined }, replace: true });
  return (
    <Stack gap="md">
      <DetailHead crumb={<Link to="/configurations">Configurations</Link>} title={id}>
        <Button size="xs" variant="default" aria-expanded={edit} onClick={() => setEdit(!edit)}>
          Edit
        </Button>
        <ButtonLink size="xs" variant="default" to="/configurations/new" search={{ from: id }}>
          Copy
        </ButtonLink>
        <RemoveConfiguration configuration={configuration} />
      </DetailHead>
      {edit ? (
        <EditConfiguration configuration={configuration} onClose={() => setEdit(false)} />
      ) : (
        <>
          <section className="card" aria-label="Progress">
            <ConfigurationCounts row={configuration} />
          </section>
          <ConfigurationFacts configuration={configuration} />
          <ConfigurationDevices id={id} />
        </>
      )}
    </Stack>
  );
}

interface EditConfigurationProps {
  readonly configuration: ConfigurationDetail;
  readonly onClose: () => void;
}

function EditConfiguration({ configuration, onClose }: EditConfigurationProps) {
  const { id, etag, content, targetCondition, priority, labels, customMetrics } = configuration;
  const queryClient = useQueryClient();
  const change = useMutation({
    mutationFn: (draft: ConfigurationDraft) =>
      configurationsClient.change(id, etag, {
        targetCondition: draft.targetCondition.trim(),
        priority: draft.priority,
        labels: recordOf(draft.labels),
        metrics: recordOf(draft.metrics),
      }),
    onSuccess: (changed) => {
      queryClient.setQueryData(configurationQuery(id).queryKey, changed);
      notify(`${id} is changed`);
      onClose();
    },
  });
  return (
    <ConfigurationForm
      isNew={false}
      initial={{
        id,
        content: JSON.stringify(content),
        targetCondition,
        priority,
        labels: pairsOf(labels),
        metrics: customMetrics.map(({ name, query }) => [name, query] as const),
      }}
      action="Save"
      error={change.error}
      isPending={change.isPending}
      onSubmit={change.mutate}
      cancel={
        <Button variant="default" onClick={onClose}>
          Cancel
        </Button>
      }
    />
  );
}

function RemoveConfiguration({
  configuration: { id, etag, appliedCount },
}: {
  readonly configuration: ConfigurationDetail;
}) {
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const remove = async () => {
    await configurationsClient.remove(id, etag);
    await navigate({ to: '/configurations' });
    await queryClient.invalidateQueries({ queryKey: ['configurations', 'list'] });
  };
  const many = `${appliedCount.toLocaleString('en')} ${appliedCount === 1 ? 'device has' : 'devices have'} it now.`;
  return (
    <ConfirmButton
      label={`Remove ${id}`}
      text="Remove…"
      question={`Remove ${id}?`}
      consequence={`${many} Where another configuration sets the same properties, that one takes over; elsewhere they stay as they are.`}
      action="Remove configuration"
      done={`${id} is removed`}
      act={remove}
    />
  );
}
