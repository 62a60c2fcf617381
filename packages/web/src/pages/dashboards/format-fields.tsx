import { Checkbox, Group, NativeSelect } from '@mantine/core';
import type { ChartFormat, TextFormat, TileExtension } from '@viaduct/contracts';
import { AXES_CHOICES } from '../../tiles/axes-choices.ts';
import type { TileNeed } from '../../tiles/tile-kinds.ts';
import { OptionalNumber } from './optional-number.tsx';
import type { FieldsProps } from './tile-fields.ts';

const CHART_PARTS = [
  ['xAxisEnabled', 'Time axis'],
  ['yAxisEnabled', 'Value axis'],
  ['legendEnabled', 'Legend'],
] as const;

/** How it looks: parts of charts, digits of figures. */
export function FormatFields({
  configuration,
  onChange,
  needs,
}: FieldsProps & { readonly needs: readonly TileNeed[] }) {
  const chart = (configuration.format ?? {}) as ChartFormat;
  const extension = (configuration.extension ?? {}) as TileExtension;
  return (
    <>
      {needs.includes('chart') && (
        <Group gap="md">
          {CHART_PARTS.map(([name, label]) => (
            <Checkbox
              key={name}
              size="xs"
              label={label}
              checked={chart[name] ?? true}
              onChange={(event) => onChange({ format: { ...chart, [name]: event.currentTarget.checked } })}
            />
          ))}
        </Group>
      )}
      {needs.includes('axes') && (
        <>
          <NativeSelect
            size="xs"
            label="Axes"
            value={extension.axes ?? 'shared'}
            data={AXES_CHOICES}
            onChange={(event) => onChange({ extension: { ...extension, axes: event.currentTarget.value } })}
          />
          <Group gap="xs" grow>
            <OptionalNumber
              label="Axis from"
              value={extension.min}
              onChange={(min) => onChange({ extension: defined({ ...extension, min }) })}
            />
            <OptionalNumber
              label="Axis to"
              value={extension.max}
              onChange={(max) => onChange({ extension: defined({ ...extension, max }) })}
            />
          </Group>
        </>
      )}
      {configuration.type === 'gauge' && (
        <Group gap="xs" grow>
          <OptionalNumber label="From" value={configuration.min} onChange={(min) => onChange({ min })} />
          <OptionalNumber label="To" value={configuration.max} onChange={(max) => onChange({ max })} />
        </Group>
      )}
      {needs.includes('text') && <TextFields configuration={configuration} onChange={onChange} variables={[]} />}
    </>
  );
}

function TextFields({ configuration, onChange }: FieldsProps) {
  const format = (configuration.format ?? {}) as TextFormat;
  const set = (part: { readonly [K in keyof TextFormat]: TextFormat[K] | undefined }) => {
    const next = defined({ ...format, ...part });
    onChange({ format: Object.keys(next).length === 0 ? undefined : next });
  };
  return (
    <>
      <Group gap="xs" grow>
        <OptionalNumber
          label="Decimals"
          min={0}
          max={20}
          value={format.decimalPlaces}
          onChange={(decimalPlaces) => set({ decimalPlaces })}
        />
        <OptionalNumber
          label="Size (pt)"
          min={6}
          max={120}
          value={format.textSize}
          onChange={(textSize) => set({ textSize })}
        />
      </Group>
      <Group gap="md">
        <Checkbox
          size="xs"
          label="Abbreviate"
          checked={format.abbreviateValue ?? true}
          onChange={(event) => set({ abbreviateValue: event.currentTarget.checked })}
        />
        <Checkbox
          size="xs"
          label="Wrap"
          checked={format.wordWrap ?? true}
          onChange={(event) => set({ wordWrap: event.currentTarget.checked })}
        />
        {configuration.type === 'lkv' && (
          <Checkbox
            size="xs"
            label="Trend"
            checked={configuration.showTrend !== false}
            onChange={(event) => onChange({ showTrend: event.currentTarget.checked })}
          />
        )}
      </Group>
    </>
  );
}

function defined(values: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
