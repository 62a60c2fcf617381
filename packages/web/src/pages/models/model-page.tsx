import { Button, Menu, SegmentedControl, Skeleton, Stack, Text } from '@mantine/core';
import { IconChevronDown, IconSchema } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import type { TemplateView } from '@viaduct/contracts';
import { useState } from 'react';
import { ConsoleRefusal } from '../../api/request.ts';
import { templateQuery, templatesClient } from '../../api/templates-client.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { DetailHead } from '../../ui/detail-head.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import { notify, notifyProblem } from '../../ui/notify.ts';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { CapabilityTree } from './capability-tree.tsx';
import { ModelDesigner } from './design/model-designer.tsx';
import { DraftCard } from './draft-card.tsx';
import { UseList } from './impact-list.tsx';
import { MigrateDialog } from './migrate-dialog.tsx';
import { ModelBadge } from './model-badge.tsx';
import { ModelJson } from './model-json.tsx';
import classes from './models.module.css';

const route = getRouteApi('/shell/models/$templateId');

/** One model: what devices of it have, the draft of what they shall have, who uses it. */
export function ModelPage() {
  const { templateId } = route.useParams();
  const template = useQuery(templateQuery(templateId));
  usePageTitle(template.data?.displayName ?? templateId, 'Models');
  if (template.isPending) return <Skeleton height={320} />;
  if (template.isError) {
    const { error } = template;
    const isUnknown = error instanceof ConsoleRefusal && error.code === 'template.notFound';
    if (!isUnknown) return <ProblemAlert error={error} onRetry={() => void template.refetch()} />;
    return (
      <EmptyState order={1} icon={IconSchema} title="No such model" text={error.advice}>
        <ButtonLink to="/models">Show all models</ButtonLink>
      </EmptyState>
    );
  }
  return <KnownModel key={templateId} template={template.data} />;
}

function KnownModel({ template }: { readonly template: TemplateView }) {
  const { tab = 'capabilities' } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <Stack gap="md">
      <ModelHead template={template} />
      {template.draft !== null && <DraftCard template={template} />}
      <div>
        <SegmentedControl
          aria-label="Part of the model"
          value={tab}
          onChange={(value) => void navigate({ search: { tab: value as typeof tab }, replace: true })}
          data={[
            { value: 'capabilities', label: 'Capabilities' },
            { value: 'edit', label: 'Edit' },
            { value: 'json', label: 'JSON' },
            { value: 'uses', label: 'Uses' },
          ]}
        />
      </div>
      {tab === 'capabilities' && <CapabilityTree summary={template.summary} />}
      {tab === 'edit' && <ModelDesigner template={template} />}
      {tab === 'json' && <ModelJson template={template} />}
      {tab === 'uses' && <ModelUses template={template} />}
    </Stack>
  );
}

function ModelHead({ template }: { readonly template: TemplateView }) {
  const { displayName, description, templateId, modelId, isPublished, devices } = template;
  const [isMigrating, setMigrating] = useState(false);
  return (
    <div>
      <DetailHead crumb={<Link to="/models">Models</Link>} title={displayName} badge={<ModelBadge row={template} />}>
        <ExportMenu templateId={templateId} />
        <NewVersion templateId={templateId} />
        {isPublished && (
          <Button size="xs" variant="default" onClick={() => setMigrating(true)}>
            Move devices here…
          </Button>
        )}
        <RemoveModel template={template} />
      </DetailHead>
      <div className={`${classes.quiet} ${classes.id} mono`}>
        {modelId === templateId ? modelId : `${templateId} of ${modelId}`}
      </div>
      {description !== null && <Text size="sm">{description}</Text>}
      <Text size="sm">{devices === 1 ? '1 device has it.' : `${devices.toLocaleString('en')} devices have it.`}</Text>
      {isMigrating && <MigrateDialog template={template} onClose={() => setMigrating(false)} />}
    </div>
  );
}

function ExportMenu({ templateId }: { readonly templateId: string }) {
  const save = (as: 'template' | 'dtdl') =>
    void templatesClient.file(templateId, as).then((file) => {
      const name = templateId.replace(/[^A-Za-z0-9]+/g, '-');
      saveFile(`${name}.${as}.json`, 'application/json', `${JSON.stringify(file, null, 2)}\n`);
    }, notifyProblem);
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button size="xs" variant="default" rightSection={<IconChevronDown size={14} />}>
          Export
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={() => save('template')}>Device template, as IoT Central has it</Menu.Item>
        <Menu.Item onClick={() => save('dtdl')}>DTDL</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function NewVersion({ templateId }: { readonly templateId: string }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const make = useMutation({
    mutationFn: () => templatesClient.newVersion(templateId),
    onSuccess: async (version) => {
      notify(`${version.templateId} is a draft`);
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      await navigate({
        to: '/models/$templateId',
        params: { templateId: version.templateId },
        search: { tab: 'edit' },
      });
    },
    onError: notifyProblem,
  });
  return (
    <Button size="xs" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
      New version
    </Button>
  );
}

function RemoveModel({ template: { templateId, displayName, devices } }: { readonly template: TemplateView }) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const remove = async () => {
    await templatesClient.remove(templateId);
    await navigate({ to: '/models' });
    await queryClient.invalidateQueries({ queryKey: ['templates'] });
  };
  return (
    <ConfirmButton
      label={`Remove ${displayName}`}
      text="Remove…"
      question={`Remove ${displayName}?`}
      consequence="What devices said stays; without the model it has no names and units."
      action="Remove model"
      done={`${displayName} is removed`}
      disabled={devices > 0}
      act={remove}
    />
  );
}

function ModelUses({ template: { uses } }: { readonly template: TemplateView }) {
  return (
    <section className="card" aria-label="Uses">
      {uses.length === 0 ? <Text size="sm">Nothing uses it yet.</Text> : <UseList uses={uses} />}
    </section>
  );
}
