import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { type FormEvent, useState } from 'react';
import { templatesClient } from '../../../api/templates-client.ts';
import { Crumb } from '../../../ui/detail-head.tsx';
import { PageHead } from '../../../ui/page-head.tsx';
import { usePageTitle } from '../../../ui/page-title.ts';
import { FaultList } from '../fault-list.tsx';
import { ModelOfDevice } from './model-of-device.tsx';

const route = getRouteApi('/shell/models/new');

/** A model from nothing, or from what a device sends. */
export function NewModelPage() {
  usePageTitle('New model', 'Models');
  const { device } = route.useSearch();
  return (
    <Stack gap="md">
      <Crumb>
        <Link to="/models">Models</Link>
      </Crumb>
      {device === undefined ? <EmptyModel /> : <ModelOfDevice key={device} deviceId={device} />}
    </Stack>
  );
}

function EmptyModel() {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const [displayName, setDisplayName] = useState('');
  const [modelId, setModelId] = useState('');
  const id = modelId.trim() === '' ? suggestId(displayName) : modelId.trim();
  const make = useMutation({
    mutationFn: () => templatesClient.saveDraft(id, emptyDocument(id, displayName.trim())),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      await navigate({ to: '/models/$templateId', params: { templateId: id }, search: { tab: 'edit' } });
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    make.mutate();
  };
  return (
    <>
      <PageHead
        title="New model"
        text="Give it a name, then add what its devices measure and do. From a device that sends already, its page makes a model by itself."
      />
      <form onSubmit={submit} className="card" aria-label="New model">
        <Stack gap="sm">
          {make.error !== null && <FaultList error={make.error} />}
          <TextInput
            label="Name"
            maxLength={64}
            required
            value={displayName}
            onChange={(event) => setDisplayName(event.currentTarget.value)}
          />
          <TextInput
            label="Identifier"
            description="What devices announce; it cannot be changed later"
            placeholder={suggestId(displayName)}
            value={modelId}
            classNames={{ input: 'mono' }}
            onChange={(event) => setModelId(event.currentTarget.value)}
          />
          <Group justify="flex-end">
            <Button type="submit" disabled={displayName.trim() === ''} loading={make.isPending}>
              Make draft
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
}

function suggestId(displayName: string): string {
  const name = displayName.replace(/[^A-Za-z0-9]+/g, '').replace(/^\d+/, '');
  return `dtmi:viaduct:model:${name === '' ? 'Unnamed' : name};1`;
}

function emptyDocument(id: string, displayName: string) {
  const context = ['dtmi:iotcentral:context;2', 'dtmi:dtdl:context;2'];
  return {
    '@type': ['ModelDefinition', 'DeviceModel'],
    displayName,
    capabilityModel: { '@context': context, '@id': id, '@type': 'Interface', displayName, contents: [] },
  };
}
