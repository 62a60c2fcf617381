import { ActionIcon, Button, CloseButton, NativeSelect, Stack, TextInput } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { type DashboardVariable, LIMITS } from '@viaduct/contracts';
import classes from './dashboards.module.css';

interface VariablesPanelProps {
  readonly variables: readonly DashboardVariable[];
  readonly onChange: (variables: readonly DashboardVariable[]) => void;
  readonly onClose: () => void;
}

const KINDS = { device: 'Device', group: 'Group', template: 'Model' } as const;

/** What a viewer can choose. Tiles refer to it as `$name`, as their group or among their devices. */
export function VariablesPanel({ variables, onChange, onClose }: VariablesPanelProps) {
  const change = (at: number, part: Partial<DashboardVariable>) =>
    onChange(variables.map((one, index) => (index === at ? { ...one, ...part } : one)));
  const taken = new Set(variables.map(({ name }) => name));
  const add = (kind: DashboardVariable['kind']) => {
    const name =
      [kind, ...variables.map((_one, index) => `${kind}${index + 2}`)].find((one) => !taken.has(one)) ?? kind;
    onChange([...variables, { name, displayName: KINDS[kind], kind }]);
  };
  return (
    <aside className={`card ${classes.panel}`} aria-label="Variables">
      <div className={classes.bar}>
        <h2 className={classes.title}>Variables</h2>
        <CloseButton aria-label="Close the variables" onClick={onClose} />
      </div>
      <Stack gap="sm">
        {variables.map(({ name, displayName = name, kind, initialValue = '' }, index) => (
          <div key={name} className={classes.bar}>
            <span className="mono">${name}</span>
            <NativeSelect
              size="xs"
              aria-label={`What $${name} is`}
              value={kind}
              data={[
                { value: 'device', label: 'a device' },
                { value: 'group', label: 'a group' },
                { value: 'template', label: 'a model' },
              ]}
              onChange={(event) => change(index, { kind: event.currentTarget.value as DashboardVariable['kind'] })}
            />
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              aria-label={`Remove $${name}`}
              onClick={() => onChange(variables.filter((_one, at) => at !== index))}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
            <TextInput
              size="xs"
              label="Title"
              value={displayName}
              onChange={(event) => change(index, { displayName: event.currentTarget.value })}
            />
            <TextInput
              size="xs"
              label="At first"
              value={initialValue}
              spellCheck={false}
              onChange={(event) => change(index, { initialValue: event.currentTarget.value })}
            />
          </div>
        ))}
        <div className={classes.bar}>
          {(['device', 'group', 'template'] as const).map((kind) => (
            <Button
              key={kind}
              size="compact-sm"
              variant="default"
              disabled={variables.length >= LIMITS.DASHBOARD_VARIABLES_MAX}
              leftSection={<IconPlus size={14} aria-hidden="true" />}
              onClick={() => add(kind)}
            >
              {KINDS[kind]}
            </Button>
          ))}
        </div>
      </Stack>
    </aside>
  );
}
