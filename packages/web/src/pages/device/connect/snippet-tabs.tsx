import { Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { type ConnectionInfo, type DeviceDetail, parseConnectionString } from '@viaduct/contracts';
import { ProgramTabs } from '../../../ui/program-tabs.tsx';
import { makeDeviceSas } from './device-sas.ts';
import { masked, type SnippetFacts, snippets } from './snippets.ts';

const route = getRouteApi('/shell/devices/$deviceId/connect');

interface SnippetTabsProps {
  readonly device: DeviceDetail;
  readonly connection: ConnectionInfo;
}

/** By its connection string: a complete program per kind of client. On screen the key is masked; the copy has it. */
export function SnippetTabs({ device, connection }: SnippetTabsProps) {
  const { client } = route.useSearch();
  const navigate = route.useNavigate();
  const sas = useSas(device, connection);
  const connectionString = device.primaryConnectionString;
  if (connectionString === null) {
    return (
      <Text size="sm">This device proves itself by certificate; give the client its certificate and key instead.</Text>
    );
  }

  const facts: SnippetFacts = { deviceId: device.deviceId, connection, connectionString, sas: sas ?? '' };
  const hidden = { ...facts, connectionString: masked(facts.connectionString), sas: masked(facts.sas) };
  return (
    <ProgramTabs
      programs={snippets(facts)}
      masked={snippets(hidden)}
      client={client}
      onClient={(id) => void navigate({ search: (old) => ({ ...old, client: id }), replace: true })}
    />
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
