import { NativeSelect } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { groupsQuery } from '../../api/groups-client.ts';

interface GroupSelectProps {
  readonly label: string;
  readonly value: string;
  readonly variables?: readonly string[];
  readonly onChoose: (group: string) => void;
}

const NO_VARIABLES: readonly string[] = [];

/** A group of devices, all of them, or what a variable stands for. */
export function GroupSelect({ label, value, variables = NO_VARIABLES, onChoose }: GroupSelectProps) {
  const groups = useQuery(groupsQuery);
  const known = (groups.data ?? []).map(({ groupId, displayName }) => ({ value: groupId, label: displayName }));
  const standIns = variables.map((name) => ({ value: `$${name}`, label: `$${name}` }));
  const isUnknown = value !== '' && ![...known, ...standIns].some((choice) => choice.value === value);
  return (
    <NativeSelect
      size="xs"
      label={label}
      value={value}
      data={[
        { value: '', label: 'All devices' },
        ...standIns,
        ...known,
        ...(isUnknown ? [{ value, label: value }] : []),
      ]}
      onChange={(event) => onChoose(event.currentTarget.value)}
    />
  );
}
