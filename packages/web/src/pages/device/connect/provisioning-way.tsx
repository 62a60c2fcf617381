import { Skeleton, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { type ConnectionInfo, type DeviceDetail, parseConnectionString } from '@viaduct/contracts';
import { provisioningClient, provisioningQuery } from '../../../api/provisioning-client.ts';
import { ProblemAlert } from '../../../ui/problem-alert.tsx';
import { ProgramTabs } from '../../../ui/program-tabs.tsx';
import { SecretLine } from '../../../ui/secret-line.tsx';
import { provisioningSnippets } from '../../provisioning/provisioning-snippets.ts';
import { QrCode } from '../../provisioning/qr-code.tsx';
import classes from './connect.module.css';

const route = getRouteApi('/shell/devices/$deviceId/connect');
/** The enrolment group from whose key the keys of devices are derived that are made here. */
const OWN_GROUP = 'SAS-IoT-Devices';
const HIDDEN = '••••••••';

interface ProvisioningWayProps {
  readonly device: DeviceDetail;
  readonly connection: ConnectionInfo;
}

/** By the provisioning service: id scope and the device's own key, as programs, as a picture, one by one. */
export function ProvisioningWay({ device, connection }: ProvisioningWayProps) {
  const provisioning = useQuery(provisioningQuery);
  const derived = useDerivedKey(device);
  if (provisioning.isPending || derived.isPending) return <Skeleton height={260} />;
  if (provisioning.isError) return <ProblemAlert error={provisioning.error} />;
  if (derived.data === null || derived.data === undefined) return <NotEnrolled />;
  const facts = {
    idScope: provisioning.data.idScope,
    hostName: connection.hostName,
    registrationId: device.deviceId,
    key: derived.data,
  };
  return (
    <div className={classes.way}>
      <Programs facts={facts} />
      <QrCode
        connection={connection}
        idScope={facts.idScope}
        registrationId={facts.registrationId}
        keyText={facts.key}
      />
      <dl className={classes.values}>
        <SecretLine title="Key for provisioning" value={facts.key} />
      </dl>
    </div>
  );
}

interface ProgramsProps {
  readonly facts: Parameters<typeof provisioningSnippets>[0];
}

function Programs({ facts }: ProgramsProps) {
  const { client } = route.useSearch();
  const navigate = route.useNavigate();
  return (
    <ProgramTabs
      programs={provisioningSnippets(facts)}
      masked={provisioningSnippets({ ...facts, key: HIDDEN })}
      client={client}
      onClient={(id) => void navigate({ search: (old) => ({ ...old, client: id }), replace: true })}
    />
  );
}

/** The key that the group derives for this id, where it is the device's; null where the device has a credential of its own. */
function useDerivedKey({ deviceId, primaryConnectionString }: DeviceDetail) {
  const own = parseConnectionString(primaryConnectionString ?? '').SharedAccessKey ?? null;
  return useQuery({
    queryKey: ['device', deviceId, 'derived-key', own],
    queryFn: async () => {
      if (own === null) return null;
      // Without the group there is nothing to derive from: that is an answer, and no trouble.
      const keys = await provisioningClient.deviceKeys(OWN_GROUP, deviceId).catch(() => null);
      return keys?.primaryKey === own ? own : null;
    },
    staleTime: 60_000,
  });
}

function NotEnrolled() {
  return (
    <Text size="sm">
      This device has a credential of its own, which no enrolment knows. To let it come by the provisioning service,{' '}
      <Link to="/enrollments/new" search={{ kind: 'individual' }}>
        make an enrolment
      </Link>{' '}
      for it, or for all that are alike.
    </Text>
  );
}
