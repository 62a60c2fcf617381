import { Button, Group, Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { IconFilter, IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { DIRECTORY_STATES, type DirectoryState } from '@viaduct/contracts';
import { useEffect, useState } from 'react';
import { groupsQuery } from '../../api/groups-client.ts';
import { templateChoicesQuery } from '../../api/template-choices.ts';
import type { DevicesSearch } from '../../ui/search-params.ts';
import classes from './devices.module.css';

interface DeviceFiltersProps {
  readonly search: DevicesSearch;
  readonly onSearch: (change: Partial<DevicesSearch>, options?: { readonly replace?: boolean }) => void;
  /** What the server says of the condition; null while it understands it. */
  readonly problem: string | null;
}

const SEARCH_DELAY_MS = 200;
const STATE_WORDS: Readonly<Record<DirectoryState, string>> = {
  connected: 'Connected',
  disconnected: 'Offline',
  enabled: 'Enabled',
  disabled: 'Blocked',
  waiting: 'Waiting for approval',
  unassigned: 'Without a model',
  simulated: 'Simulated',
};

/** What narrows the table down; all of it is in the address. */
export function DeviceFilters({ search, onSearch, problem }: DeviceFiltersProps) {
  const [isConditionWanted, setConditionWanted] = useState(search.filter !== undefined);
  const templates = useQuery(templateChoicesQuery);
  const groups = useQuery(groupsQuery);
  return (
    <Group gap="sm" className={classes.filters} align="flex-start">
      <TypedField
        className={classes.search}
        label="Search by name or id"
        placeholder="Search by name or id"
        icon={<IconSearch size={16} />}
        value={search.search}
        onValue={(value) => onSearch({ search: value }, { replace: true })}
      />
      <Select
        aria-label="State"
        placeholder="Any state"
        clearable
        data={DIRECTORY_STATES.map((state) => ({ value: state, label: STATE_WORDS[state] }))}
        value={search.state ?? null}
        onChange={(value) => onSearch({ state: DIRECTORY_STATES.find((state) => state === value) })}
      />
      <Select
        aria-label="Model"
        placeholder="Any model"
        clearable
        searchable
        data={(templates.data ?? []).map(({ templateId, displayName }) => ({ value: templateId, label: displayName }))}
        value={search.template ?? null}
        onChange={(value) => onSearch({ template: value ?? undefined })}
      />
      <Select
        aria-label="Group"
        placeholder="Any group"
        clearable
        searchable
        data={(groups.data ?? []).map(({ groupId, displayName }) => ({ value: groupId, label: displayName }))}
        value={search.group ?? null}
        onChange={(value) => onSearch({ group: value ?? undefined })}
      />
      {isConditionWanted ? (
        <TypedField
          className={classes.condition}
          label="Condition"
          placeholder="$organization = 'north' AND floor > 2"
          icon={<IconFilter size={16} />}
          value={search.filter}
          error={problem}
          onValue={(value) => onSearch({ filter: value }, { replace: true })}
        />
      ) : (
        <Button variant="subtle" leftSection={<IconFilter size={16} />} onClick={() => setConditionWanted(true)}>
          Condition
        </Button>
      )}
    </Group>
  );
}

interface TypedFieldProps {
  readonly className: string | undefined;
  readonly label: string;
  readonly placeholder: string;
  readonly icon: React.ReactNode;
  readonly value: string | undefined;
  readonly error?: string | null;
  readonly onValue: (value: string | undefined) => void;
}

/** Follows the address, and changes it when typing rests. */
function TypedField({ className, label, icon, value, error = null, onValue, placeholder }: TypedFieldProps) {
  const [typed, setTyped] = useState(value ?? '');
  const apply = useDebouncedCallback((text: string) => onValue(text === '' ? undefined : text), SEARCH_DELAY_MS);
  useEffect(() => setTyped(value ?? ''), [value]);
  return (
    <TextInput
      className={className ?? ''}
      aria-label={label}
      placeholder={placeholder}
      leftSection={icon}
      spellCheck={false}
      value={typed}
      error={error}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        apply(event.currentTarget.value);
      }}
    />
  );
}
