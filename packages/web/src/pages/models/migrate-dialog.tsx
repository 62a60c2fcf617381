import { Alert, Button, Group, Modal, Select, Stack, Text } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { TemplateMigrated, TemplateView } from '@viaduct/contracts';
import { useState } from 'react';
import { templatesClient, templatesQuery } from '../../api/templates-client.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

interface MigrateDialogProps {
  readonly template: TemplateView;
  readonly onClose: () => void;
}

/** All devices of another model get this one. */
export function MigrateDialog({ template, onClose }: MigrateDialogProps) {
  const { templateId, displayName } = template;
  const queryClient = useQueryClient();
  const templates = useQuery(templatesQuery);
  const [from, setFrom] = useState<string | null>(null);
  const migrate = useMutation({
    mutationFn: (fromTemplateId: string) => templatesClient.migrate(templateId, { fromTemplateId }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['templates'] }),
  });
  const others = (templates.data ?? []).filter((row) => row.templateId !== templateId && row.devices > 0);
  return (
    <Modal opened onClose={onClose} title="Move devices here" closeButtonProps={{ 'aria-label': 'Close' }}>
      <Stack gap="sm">
        <Text size="sm">
          Every device of the model you choose gets {displayName}. Nothing is sent to the devices, and what they said
          stays.
        </Text>
        <Select
          label="Devices of"
          placeholder={others.length === 0 ? 'No other model has devices' : 'Choose a model'}
          data={others.map((row) => ({
            value: row.templateId,
            label: `${row.displayName} (${row.devices}) ${row.modelId}`,
          }))}
          value={from}
          onChange={setFrom}
        />
        {migrate.error !== null && <ProblemAlert error={migrate.error} />}
        {migrate.data !== undefined && <Migrated outcome={migrate.data} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
          <Button
            disabled={from === null}
            loading={migrate.isPending}
            onClick={() => from !== null && migrate.mutate(from)}
          >
            Move
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Migrated({ outcome: { migrated, failed, isCut } }: { readonly outcome: TemplateMigrated }) {
  return (
    <Alert color={failed.length === 0 ? 'verdigris' : 'red'} variant="light" role="status" title={`${migrated} moved`}>
      {failed.map(({ deviceId, message }) => (
        <Text size="sm" key={deviceId}>
          {deviceId}: {message}
        </Text>
      ))}
      {isCut && <Text size="sm">There are more. Move again.</Text>}
    </Alert>
  );
}
