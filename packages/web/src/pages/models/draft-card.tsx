import { Button, Group, Skeleton } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { TemplateView } from '@viaduct/contracts';
import { impactQuery, templateQuery, templatesClient } from '../../api/templates-client.ts';
import facts from '../../ui/facts.module.css';
import { notify, notifyProblem } from '../../ui/notify.ts';
import { FaultList } from './fault-list.tsx';
import { ImpactList } from './impact-list.tsx';

/** What publishing the draft would do, and the button that does it. */
export function DraftCard({ template }: { readonly template: TemplateView }) {
  const { templateId, etag, isPublished } = template;
  const impact = useQuery(impactQuery(templateId, etag));
  const publish = usePublish(template);
  const discard = useDiscard(template);
  return (
    <section className="card" aria-label="Draft">
      <h2 className={facts.title}>{isPublished ? 'A draft waits' : 'Not published yet'}</h2>
      {isPublished && impact.isPending && <Skeleton height={60} />}
      {isPublished && impact.data !== undefined && <ImpactList impact={impact.data} />}
      {publish.error !== null && <FaultList error={publish.error} />}
      <Group gap="xs" mt="xs">
        <Button size="xs" loading={publish.isPending} onClick={() => publish.mutate()}>
          Publish
        </Button>
        <Button size="xs" variant="default" loading={discard.isPending} onClick={() => discard.mutate()}>
          Discard draft
        </Button>
      </Group>
    </section>
  );
}

function usePublish({ templateId, etag, displayName }: TemplateView) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => templatesClient.publish(templateId, etag),
    onSuccess: (published) => {
      notify(`${displayName} is published`);
      queryClient.setQueryData(templateQuery(templateId).queryKey, published);
      void queryClient.invalidateQueries({ queryKey: ['templates', 'list'] });
      void queryClient.invalidateQueries({ queryKey: ['device'] });
    },
  });
}

function useDiscard({ templateId, isPublished }: TemplateView) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => templatesClient.discardDraft(templateId),
    onSuccess: async () => {
      if (!isPublished) await navigate({ to: '/models' });
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
    },
    onError: notifyProblem,
  });
}
