import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { interfacesQuery } from '../../../api/templates-client.ts';

interface InterfaceFieldProps {
  readonly label: string;
  readonly description: string;
  readonly value: string;
  readonly onValue: (modelId: string) => void;
}

/** The identifier of an interface: those of templates and of the models folders are offered. */
export function InterfaceField({ label, description, value, onValue }: InterfaceFieldProps) {
  const [search] = useDebouncedValue(value, 200);
  const found = useQuery({ ...interfacesQuery(search), placeholderData: keepPreviousData });
  return (
    <Autocomplete
      label={label}
      description={description}
      placeholder="dtmi:example:Motor;1"
      data={(found.data ?? []).map(({ modelId }) => modelId)}
      filter={({ options }) => options}
      value={value}
      onChange={onValue}
      classNames={{ input: 'mono' }}
    />
  );
}
