import { Group, Skeleton, Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import type { ConnectionInfo } from '@viaduct/contracts';
import { connectionQuery } from '../../api/queries.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { ProgramTabs } from '../../ui/program-tabs.tsx';
import { RootDownload } from '../../ui/root-download.tsx';
import { SecretLine } from '../../ui/secret-line.tsx';
import { DeviceWatch } from './device-watch.tsx';
import classes from './provisioning.module.css';
import { provisioningSnippets } from './provisioning-snippets.ts';
import { QrCode } from './qr-code.tsx';

const route = getRouteApi('/shell/enrollments/$kind/$id');
const HIDDEN = '••••••••';

interface DevicePackProps {
  readonly idScope: string;
  readonly registrationId: string;
  /** Base64; null for a device with a certificate. */
  readonly keyText: string | null;
}

/** All that one device needs, and the news of whether it came. */
export function DevicePack(props: DevicePackProps) {
  const connection = useQuery(connectionQuery);
  if (connection.isPending) return <Skeleton height={260} />;
  if (connection.isError) return <ProblemAlert error={connection.error} onRetry={() => void connection.refetch()} />;
  return <KnownPack {...props} connection={connection.data} />;
}

function KnownPack({ connection, ...props }: DevicePackProps & { readonly connection: ConnectionInfo }) {
  const { registrationId, keyText } = props;
  return (
    <Stack gap="md">
      <DeviceWatch key={registrationId} registrationId={registrationId} />
      <div className={classes.device}>
        <Programs {...props} hostName={connection.hostName} />
        <QrCode {...props} connection={connection} />
      </div>
      <Group gap="xs">
        <RootDownload />
        <span className={classes.sub}>Put it beside the program: it lets the device trust this server.</span>
      </Group>
      {keyText !== null && (
        <dl className={classes.facts}>
          <SecretLine title={`Key of ${registrationId}`} value={keyText} />
        </dl>
      )}
    </Stack>
  );
}

function Programs({ idScope, hostName, registrationId, keyText }: DevicePackProps & { readonly hostName: string }) {
  const { client } = route.useSearch();
  const navigate = route.useNavigate();
  const facts = { idScope, hostName, registrationId, key: keyText };
  return (
    <ProgramTabs
      programs={provisioningSnippets(facts)}
      masked={keyText === null ? null : provisioningSnippets({ ...facts, key: HIDDEN })}
      client={client}
      onClient={(id) => void navigate({ search: (old) => ({ ...old, client: id }), replace: true })}
    />
  );
}
