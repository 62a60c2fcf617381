import { ActionIcon, Autocomplete, NativeSelect } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { TileCapability, TileExtension } from '@viaduct/contracts';
import { useState } from 'react';
import { CHART_STYLES, lineColour } from '../../charts/chart-style.ts';
import classes from './dashboards.module.css';
import type { FieldsProps } from './tile-fields.ts';

interface CapabilitiesFieldProps extends FieldsProps {
  readonly names: readonly string[];
}

const AGGREGATES = [
  { value: 'avg', label: 'average' },
  { value: 'min', label: 'lowest' },
  { value: 'max', label: 'highest' },
  { value: 'sum', label: 'sum' },
  { value: 'count', label: 'count' },
];
/** Tiles that show what was said, and not what it comes to. */
const PLAIN = ['lkv', 'gauge', 'table', 'property', 'mapProperty', 'mapTelemetry', 'log', 'stateChart', 'eventChart'];
const COLOURED = ['lineChart', 'comparison', 'barChart', 'pieChart'];

/** What is shown: telemetry or properties by name, how a time of it is summed up, and its colour. */
export function CapabilitiesField({ configuration, onChange, names }: CapabilitiesFieldProps) {
  const capabilities = (configuration.capabilities ?? []) as readonly TileCapability[];
  const extension = (configuration.extension ?? {}) as TileExtension;
  const [typed, setTyped] = useState('');
  const isPlain = PLAIN.includes(configuration.type) || configuration.type.endsWith('HistoryChart');
  const add = (capability: string) => {
    setTyped('');
    if (capability === '' || capabilities.some((one) => one.capability === capability)) return;
    onChange({ capabilities: [...capabilities, { capability, aggregateFunction: isPlain ? 'count' : 'avg' }] });
  };
  const change = (at: number, part: Partial<TileCapability>) =>
    onChange({ capabilities: capabilities.map((one, index) => (index === at ? { ...one, ...part } : one)) });
  return (
    <>
      <ul className={classes.chosen} aria-label="Values">
        {capabilities.map(({ capability, aggregateFunction }, index) => (
          <li key={capability}>
            <span className={`mono ${classes.grow}`}>{capability}</span>
            {!isPlain && (
              <NativeSelect
                size="xs"
                aria-label={`How ${capability} is summed up`}
                value={aggregateFunction}
                data={AGGREGATES}
                onChange={(event) =>
                  change(index, { aggregateFunction: event.currentTarget.value as TileCapability['aggregateFunction'] })
                }
              />
            )}
            {COLOURED.includes(configuration.type) && (
              <input
                type="color"
                aria-label={`Colour of ${capability}`}
                value={extension.colors?.[capability] ?? lineColour(CHART_STYLES.light, index)}
                onChange={(event) =>
                  onChange({
                    extension: {
                      ...extension,
                      colors: { ...extension.colors, [capability]: event.currentTarget.value },
                    },
                  })
                }
              />
            )}
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              aria-label={`Remove ${capability}`}
              onClick={() => onChange({ capabilities: capabilities.filter((_one, at) => at !== index) })}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Autocomplete
        size="xs"
        label="Add a value"
        placeholder="temperature"
        spellCheck={false}
        data={names.filter((name) => !capabilities.some(({ capability }) => capability === name))}
        value={typed}
        onChange={setTyped}
        onOptionSubmit={add}
        onBlur={() => add(typed.trim())}
        onKeyDown={(event) => event.key === 'Enter' && add(typed.trim())}
      />
    </>
  );
}
