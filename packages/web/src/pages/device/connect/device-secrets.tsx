import { ActionIcon, Tooltip } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import type { ConnectionInfo, DeviceDetail } from '@viaduct/contracts';
import { useState } from 'react';
import { CopyButton } from '../../../ui/copy-button.tsx';
import classes from './connect.module.css';
import { masked } from './snippets.ts';

interface DeviceSecretsProps {
  readonly device: DeviceDetail;
  readonly connection: ConnectionInfo;
}

/** Host, ports, id and connection strings, each to be copied. */
export function DeviceSecrets({ device, connection }: DeviceSecretsProps) {
  const { hostName, ports } = connection;
  return (
    <dl className={classes.values}>
      <Plain title="Host" value={hostName} />
      <Plain title="Device id" value={device.deviceId} />
      <div>
        <dt>Ports</dt>
        <dd className="number">
          MQTT {ports.mqtt} · AMQP {ports.amqp} · HTTPS and WebSocket {ports.https}
        </dd>
      </div>
      <Secret title="Connection string, primary" value={device.primaryConnectionString} />
      <Secret title="Connection string, secondary" value={device.secondaryConnectionString} />
    </dl>
  );
}

function Plain({ title, value }: { readonly title: string; readonly value: string }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd className={classes.valueLine}>
        <span className="mono">{value}</span>
        <CopyButton text={value} />
      </dd>
    </div>
  );
}

function Secret({ title, value }: { readonly title: string; readonly value: string | null }) {
  const [isRevealed, setRevealed] = useState(false);
  if (value === null) return null;
  const label = isRevealed ? 'Hide' : 'Reveal';
  return (
    <div>
      <dt>{title}</dt>
      <dd className={classes.valueLine}>
        <span className="mono">{isRevealed ? value : masked(value)}</span>
        <Tooltip label={label}>
          <ActionIcon
            variant="default"
            size={24}
            aria-label={`${label} ${title.toLowerCase()}`}
            aria-pressed={isRevealed}
            onClick={() => setRevealed(!isRevealed)}
          >
            {isRevealed ? <IconEyeOff size={14} /> : <IconEye size={14} />}
          </ActionIcon>
        </Tooltip>
        <CopyButton text={value} />
      </dd>
    </div>
  );
}
