import { Skeleton, Stack } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { ConfigurationDetail } from '@viaduct/contracts';
import { configurationQuery, configurationsClient } from '../../api/configurations-client.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { notify } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { pairsOf, recordOf } from '../../ui/pairs-field.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { type ConfigurationDraft, contentOf } from './configuration-draft.ts';
import { ConfigurationForm, templateOf } from './configuration-form.tsx';

const route = getRouteApi('/shell/configurations/new');

/** A configuration from nothing, or from another one whose content is to change. */
export function NewConfigurationPage() {
  usePageTitle('New configuration', 'Configurations');
  useFleetStream();
  const { from } = route.useSearch();
  const source = useQuery({ ...configurationQuery(from ?? ''), enabled: from !== undefined, refetchInterval: false });
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const create = useMutation({
    mutationFn: (draft: ConfigurationDraft) =>
      configurationsClient.create({
        id: draft.id,
        content: contentOf(draft),
        targetCondition: draft.targetCondition.trim(),
        priority: draft.priority,
        labels: recordOf(draft.labels),
        metrics: recordOf(draft.metrics),
      }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['configurations'] });
      notify(`${id} is made`);
      await navigate({ to: '/configurations/$id', params: { id } });
    },
  });
  return (
    <Stack gap="md">
      <DetailHead
        crumb={<Link to="/configurations">Configurations</Link>}
        title={from === undefined ? 'New configuration' : `Copy of ${from}`}
      />
      {source.isError && <ProblemAlert error={source.error} onRetry={() => void source.refetch()} />}
      {from !== undefined && source.isPending && <Skeleton height={400} />}
      {(from === undefined || source.data !== undefined) && (
        <ConfigurationForm
          isNew
          initial={source.data === undefined ? EMPTY : copyOf(source.data)}
          action="Make configuration"
          error={create.error}
          isPending={create.isPending}
          onSubmit={create.mutate}
          cancel={
            <ButtonLink to="/configurations" variant="default">
              Cancel
            </ButtonLink>
          }
        />
      )}
    </Stack>
  );
}

const EMPTY: ConfigurationDraft = { id: '', ...templateOf('device'), priority: 10, labels: [], metrics: [] };

/** One higher, so that the copy takes over from what it was copied from. */
function copyOf({
  content,
  targetCondition,
  priority,
  labels,
  customMetrics,
}: ConfigurationDetail): ConfigurationDraft {
  return {
    id: '',
    content: JSON.stringify(content, null, 2),
    targetCondition,
    priority: priority + 1,
    labels: pairsOf(labels),
    metrics: customMetrics.map(({ name, query }) => [name, query] as const),
  };
}
