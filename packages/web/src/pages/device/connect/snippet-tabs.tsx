import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ConnectionInfo, type DeviceDetail, parseConnectionString } from '@viaduct/contracts';
import { useState } from 'react';
import { CopyButton } from '../../../ui/copy-button.tsx';
import { TextBlock } from '../../../ui/text-block.tsx';
import classes from './connect.module.css';
import { makeDeviceSas } from './device-sas.ts';
import { masked, type SnippetFacts, snippets } from './snippets.ts';

const route = getRouteApi('/shell/devices/$deviceId/connect');

interface SnippetTabsProps {
  readonly device: DeviceDetail;
  readonly connection: ConnectionInfo;
}

/** A complete program per kind of client. On screen the key is masked; the copy has it. */
export function SnippetTabs({ device, connection }: SnippetTabsProps) {
  const { client } = route.useSearch();
  const navigate = route.useNavigate();
  const [isRevealed, setRevealed] = useState(false);
  const sas = useSas(device, connection);
  const connectionString = device.primaryConnectionString;
  if (connectionString === null) {
    return (
      <Text size="sm">This device proves itself by certificate; give the client its certificate and key instead.</Text>
    );
  }

  const facts: SnippetFacts = { deviceId: device.deviceId, connection, connectionString, sas: sas ?? '' };
  const hidden = { ...facts, connectionString: masked(facts.connectionString), sas: masked(facts.sas) };
  const whole = snippets(facts);
  const chosen = whole.find((snippet) => snippet.id === client) ?? whole[0];
  const shown = snippets(isRevealed ? facts : hidden).find((snippet) => snippet.id === chosen?.id);
  if (chosen === undefined || shown === undefined) return null;
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          classNames={{ label: 'segment' }}
          size="xs"
          aria-label="Kind of client"
          value={chosen.id}
          data={whole.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(id) => void navigate({ search: (old) => ({ ...old, client: id }), replace: true })}
        />
        <Group gap="xs">
          <Button
            size="compact-xs"
            variant="default"
            aria-pressed={isRevealed}
            leftSection={isRevealed ? <IconEyeOff size={14} /> : <IconEye size={14} />}
            onClick={() => setRevealed(!isRevealed)}
          >
            {isRevealed ? 'Hide key' : 'Reveal key'}
          </Button>
          <CopyButton text={chosen.text} label="Copy with key" />
        </Group>
      </Group>
      <pre className={classes.before}>{chosen.before}</pre>
      <TextBlock tall text={shown.text} label={`Snippet for ${shown.title}`} />
    </Stack>
  );
}

/** Signed once a visit: a new token each time the page is drawn would make copies that differ. */
function useSas(device: DeviceDetail, connection: ConnectionInfo): string | undefined {
  const key = parseConnectionString(device.primaryConnectionString ?? '').SharedAccessKey ?? '';
  const { data } = useQuery({
    queryKey: ['device', device.deviceId, 'sas', key, connection.hostName],
    queryFn: () => makeDeviceSas(connection.hostName, device.deviceId, key, Date.now()),
    enabled: key !== '',
    staleTime: 3_600_000,
  });
  return data;
}
