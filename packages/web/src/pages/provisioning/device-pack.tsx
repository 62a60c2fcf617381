import { Button, Group, SegmentedControl, Skeleton, Stack } from '@mantine/core';
import { IconDownload, IconEye, IconEyeOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { CONSOLE_API, type ConnectionInfo } from '@viaduct/contracts';
import { useState } from 'react';
import { connectionQuery } from '../../api/queries.ts';
import { CopyButton } from '../../ui/copy-button.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { SecretLine } from '../../ui/secret-line.tsx';
import { TextBlock } from '../../ui/text-block.tsx';
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
        <Button
          component="a"
          href={`${CONSOLE_API}/ca.pem`}
          download="viaduct-ca.pem"
          variant="default"
          size="xs"
          leftSection={<IconDownload size={14} />}
        >
          Download viaduct-ca.pem
        </Button>
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

/** A complete program per kind of client. On screen the key is masked; the copy has it. */
function Programs({ idScope, hostName, registrationId, keyText }: DevicePackProps & { readonly hostName: string }) {
  const { client } = route.useSearch();
  const navigate = route.useNavigate();
  const [isRevealed, setRevealed] = useState(false);
  const facts = { idScope, hostName, registrationId, key: keyText };
  const whole = provisioningSnippets(facts);
  const chosen = whole.find(({ id }) => id === client) ?? whole[0];
  const hidden = isRevealed || keyText === null ? facts : { ...facts, key: HIDDEN };
  const shown = provisioningSnippets(hidden).find(({ id }) => id === chosen?.id);
  if (chosen === undefined || shown === undefined) return null;
  return (
    <Stack gap="sm">
      <Group justify="space-between" gap="xs">
        <SegmentedControl
          classNames={{ label: 'segment' }}
          className={classes.clients ?? ''}
          size="xs"
          aria-label="Kind of client"
          value={chosen.id}
          data={whole.map(({ id, title }) => ({ value: id, label: title }))}
          onChange={(id) => void navigate({ search: (old) => ({ ...old, client: id }), replace: true })}
        />
        <Group gap="xs">
          {keyText !== null && (
            <Button
              size="compact-xs"
              variant="default"
              aria-pressed={isRevealed}
              leftSection={isRevealed ? <IconEyeOff size={14} /> : <IconEye size={14} />}
              onClick={() => setRevealed(!isRevealed)}
            >
              {isRevealed ? 'Hide key' : 'Reveal key'}
            </Button>
          )}
          <CopyButton text={chosen.text} label={keyText === null ? 'Copy program' : 'Copy with key'} />
        </Group>
      </Group>
      <pre className={classes.before}>{chosen.before}</pre>
      <TextBlock tall text={shown.text} label={`Program for ${shown.title}`} />
    </Stack>
  );
}
