import { Autocomplete } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { directoryClient } from '../../api/directory-client.ts';

interface DeviceSelectProps {
  readonly label: string;
  readonly value: string;
  /** Names of variables that may stand for a device. */
  readonly variables?: readonly string[];
  readonly onChoose: (deviceId: string) => void;
}

const SHOWN = 20;
const NO_VARIABLES: readonly string[] = [];

/** A device by its id or name, found as one types. What was typed counts when it is entered or left. */
export function DeviceSelect({ label, value, variables = NO_VARIABLES, onChoose }: DeviceSelectProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const [search] = useDebouncedValue(typed ?? '', 200);
  const found = useQuery({
    queryKey: ['device-select', search],
    queryFn: () => directoryClient.list({ ...(search === '' ? {} : { search }), limit: SHOWN }),
    placeholderData: keepPreviousData,
  });
  const choose = (text: string) => {
    setTyped(null);
    if (text !== value) onChoose(text);
  };
  const ids = (found.data?.items ?? []).map(({ deviceId }) => deviceId);
  return (
    <Autocomplete
      size="xs"
      label={label}
      placeholder="Device id"
      spellCheck={false}
      data={[...variables.map((name) => `$${name}`), ...ids]}
      filter={({ options }) => options}
      value={typed ?? value}
      onChange={setTyped}
      onOptionSubmit={choose}
      onBlur={() => typed !== null && choose(typed.trim())}
      onKeyDown={(event) => event.key === 'Enter' && typed !== null && choose(typed.trim())}
    />
  );
}
