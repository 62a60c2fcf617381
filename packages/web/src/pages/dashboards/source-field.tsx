import { ActionIcon } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import classes from './dashboards.module.css';
import { DeviceSelect } from './device-select.tsx';
import { GroupSelect } from './group-select.tsx';
import type { FieldsProps } from './tile-fields.ts';

/** Source: `devices` of the REST interface. */
const DEVICES_MAX = 100;

/** Whose data: a group, and devices of it; none is all of them as one. */
export function SourceField({
  configuration,
  onChange,
  variables,
  hasDevices,
}: FieldsProps & { readonly hasDevices: boolean }) {
  const group = String(configuration.group ?? '');
  const devices = (configuration.devices ?? []) as readonly string[];
  const named = (kinds: readonly string[]) =>
    variables.filter(({ kind }) => kinds.includes(kind)).map(({ name }) => name);
  return (
    <>
      <GroupSelect
        label="Group"
        value={group}
        variables={named(['group', 'template'])}
        onChoose={(chosen) => onChange({ group: chosen })}
      />
      {hasDevices && (
        <>
          <ul className={classes.chosen} aria-label="Devices">
            {devices.map((device) => (
              <li key={device}>
                <span className={`mono ${classes.grow}`}>{device}</span>
                <ActionIcon
                  size={26}
                  variant="subtle"
                  color="gray"
                  aria-label={`Remove ${device}`}
                  onClick={() => onChange({ devices: devices.filter((other) => other !== device) })}
                >
                  <IconX size={14} aria-hidden="true" />
                </ActionIcon>
              </li>
            ))}
          </ul>
          <DeviceSelect
            label={devices.length === 0 ? 'Only these devices' : 'Another device'}
            value=""
            variables={named(['device'])}
            onChoose={(device) => {
              if (device !== '' && !devices.includes(device))
                onChange({ devices: [...devices, device].slice(0, DEVICES_MAX) });
            }}
          />
        </>
      )}
    </>
  );
}
