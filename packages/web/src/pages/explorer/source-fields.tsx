import { ActionIcon, NativeSelect } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { LIMITS, type SeriesSource } from '@viaduct/contracts';
import { templateChoicesQuery } from '../../api/template-choices.ts';
import classes from '../../explorer/explorer.module.css';
import { DeviceSelect } from '../dashboards/device-select.tsx';
import { GroupSelect } from '../dashboards/group-select.tsx';
import type { ViewFieldsProps } from './view-fields.tsx';

const KINDS = [
  { value: 'all', label: 'All devices' },
  { value: 'group', label: 'A group' },
  { value: 'template', label: 'Devices of a model' },
  { value: 'devices', label: 'Devices by name' },
];

/** Whose telemetry. */
export function SourceFields({ view: { source }, onChange }: ViewFieldsProps) {
  const choose = (next: SeriesSource) => onChange({ source: next });
  const templates = useQuery({ ...templateChoicesQuery, enabled: source.kind === 'template' });
  const begin = (kind: string) => {
    if (kind === 'group') choose({ kind, groupId: '' });
    else if (kind === 'template') choose({ kind, templateId: '' });
    else if (kind === 'devices') choose({ kind, deviceIds: [] });
    else choose({ kind: 'all' });
  };
  return (
    <fieldset>
      <legend>Devices</legend>
      <NativeSelect
        size="xs"
        aria-label="Whose telemetry"
        value={source.kind}
        data={KINDS}
        onChange={(event) => begin(event.currentTarget.value)}
      />
      {source.kind === 'group' && (
        <GroupSelect
          label="Group"
          value={source.groupId}
          onChoose={(groupId) => choose(groupId === '' ? { kind: 'all' } : { kind: 'group', groupId })}
        />
      )}
      {source.kind === 'template' && (
        <NativeSelect
          size="xs"
          label="Model"
          value={source.templateId}
          data={[
            { value: '', label: 'Choose one' },
            ...(templates.data ?? []).map(({ templateId, displayName }) => ({ value: templateId, label: displayName })),
          ]}
          onChange={(event) => choose({ kind: 'template', templateId: event.currentTarget.value })}
        />
      )}
      {source.kind === 'devices' && (
        <DevicesField deviceIds={source.deviceIds} onChange={(deviceIds) => choose({ kind: 'devices', deviceIds })} />
      )}
    </fieldset>
  );
}

interface DevicesFieldProps {
  readonly deviceIds: readonly string[];
  readonly onChange: (deviceIds: readonly string[]) => void;
}

function DevicesField({ deviceIds, onChange }: DevicesFieldProps) {
  return (
    <>
      <ul className={classes.chosen} aria-label="Chosen devices">
        {deviceIds.map((deviceId) => (
          <li key={deviceId}>
            <span className={`mono ${classes.grow}`}>{deviceId}</span>
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              aria-label={`Remove ${deviceId}`}
              onClick={() => onChange(deviceIds.filter((other) => other !== deviceId))}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <DeviceSelect
        label={deviceIds.length === 0 ? 'Device' : 'Another device'}
        value=""
        onChoose={(deviceId) => {
          if (deviceId !== '' && !deviceIds.includes(deviceId))
            onChange([...deviceIds, deviceId].slice(0, LIMITS.FILTER_TERMS_MAX));
        }}
      />
    </>
  );
}
