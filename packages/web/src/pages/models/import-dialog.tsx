import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import type { TemplateProposal } from '@viaduct/contracts';
import { useState } from 'react';
import { templatesClient } from '../../api/templates-client.ts';
import { JsonField } from '../../ui/json-field.tsx';
import { notify } from '../../ui/notify.ts';
import { FaultList } from './fault-list.tsx';
import { ImpactList } from './impact-list.tsx';

/** A file or a text becomes a model, once one has seen which, and what it would replace. */
export function ImportDialog({ onClose }: { readonly onClose: () => void }) {
  const [text, setText] = useState('');
  const check = useMutation({ mutationFn: async (given: string) => templatesClient.check(parse(given)) });
  const take = useImport(text, check.data);
  const change = (given: string) => {
    setText(given);
    check.reset();
  };
  return (
    <Modal opened onClose={onClose} title="Import a model" size="lg" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="sm">
        <Text size="sm">
          A DTDL interface, or a list with those it needs; or a device template exported from Azure IoT Central.
        </Text>
        <input
          type="file"
          accept=".json"
          aria-label="File of a model"
          onChange={async (event) => {
            const given = (await event.currentTarget.files?.[0]?.text()) ?? '';
            change(given);
            if (given !== '') check.mutate(given);
          }}
        />
        <JsonField label="Or paste it" minRows={6} text={text} onText={change} error={null} />
        {check.error !== null && <FaultList error={check.error} />}
        {take.error !== null && <FaultList error={take.error} />}
        {check.data !== undefined && <Proposal proposal={check.data} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          {check.data === undefined ? (
            <Button disabled={text.trim() === ''} loading={check.isPending} onClick={() => check.mutate(text)}>
              Check
            </Button>
          ) : (
            <Button loading={take.isPending} onClick={() => take.mutate()}>
              {check.data.exists ? 'Replace and publish' : 'Import and publish'}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  );
}

function Proposal({ proposal }: { readonly proposal: TemplateProposal }) {
  const { summary, impact } = proposal;
  const { telemetry, properties, commands, components = [] } = summary;
  return (
    <div role="status">
      <Text fw={600}>{summary.displayName}</Text>
      <Text size="sm">
        {telemetry.length} telemetry, {properties.length} properties, {commands.length} commands, {components.length}{' '}
        components
      </Text>
      {impact !== null && <ImpactList impact={impact} />}
    </div>
  );
}

function useImport(text: string, proposal: TemplateProposal | undefined) {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => templatesClient.import({ document: parse(text), replace: proposal?.exists === true }),
    onSuccess: async ({ templateId, displayName }) => {
      notify(`${displayName} is published`);
      await queryClient.invalidateQueries({ queryKey: ['templates'] });
      await navigate({ to: '/models/$templateId', params: { templateId } });
    },
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new TypeError(`This is not JSON: ${(cause as Error).message}`, { cause });
  }
}
