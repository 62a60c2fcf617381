import { Button, Group } from '@mantine/core';
import { IconDevicesOff } from '@tabler/icons-react';
import { ButtonLink } from '../../ui/button-link.tsx';
import { EmptyState } from '../../ui/empty-state.tsx';
import type { DevicesSearch } from '../../ui/search-params.ts';

interface NoDevicesProps {
  readonly isNarrowed: boolean;
  readonly onSearch: (change: Partial<DevicesSearch>) => void;
  readonly onAll: () => void;
}

/** There are none at all, or none of those that were looked for. */
export function NoDevices({ isNarrowed, onSearch, onAll }: NoDevicesProps) {
  if (isNarrowed) {
    return (
      <EmptyState icon={IconDevicesOff} title="None found" text="No device matches this search.">
        <Button variant="default" onClick={onAll}>
          Show all devices
        </Button>
      </EmptyState>
    );
  }
  return (
    <EmptyState
      icon={IconDevicesOff}
      title="No devices yet"
      text="Add a device by hand; or let devices bring their identity with them, by a group that lets in all that are alike."
    >
      <Group gap="xs" justify="center">
        <Button onClick={() => onSearch({ add: true })}>Add the first device</Button>
        <Button variant="default" onClick={() => onSearch({ simulate: true })}>
          Simulate 5 devices
        </Button>
        <ButtonLink to="/enrollments/new" variant="default">
          Let many in
        </ButtonLink>
      </Group>
    </EmptyState>
  );
}
