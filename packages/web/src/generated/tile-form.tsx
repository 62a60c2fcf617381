import { Button, Group, NativeSelect, NumberInput, Stack, TextInput } from '@mantine/core';
import { CHART_SHAPES, type ChartShape } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { useTileScope } from './tile-scope.ts';
import type { ViewField } from './view-field.ts';

const SHAPE_NAMES: Readonly<Record<ChartShape, string>> = {
  line: 'Line',
  area: 'Area',
  steps: 'Steps',
  value: 'Last value only',
};
const COLOR_DEFAULT = '#0e7a6e';

interface TileFormProps {
  readonly field: ViewField;
  readonly onClose: () => void;
}

/** Name, colour, shape and axis of one tile. What is left empty is as it was generated. */
export function TileForm({ field, onClose }: TileFormProps) {
  const { edit } = useTileScope();
  const [title, setTitle] = useState(field.title);
  const [color, setColor] = useState(field.hints.color ?? null);
  const [chart, setChart] = useState<ChartShape | ''>(field.chart ?? '');
  const [min, setMin] = useState<number | string>(field.hints.min ?? '');
  const [max, setMax] = useState<number | string>(field.hints.max ?? '');
  const isNumeric = field.kind === 'number' || field.kind === 'vector' || field.kind === 'object';
  const submit = (event: FormEvent) => {
    event.preventDefault();
    edit({
      fields: {
        [field.key]: {
          title: title.trim() === '' ? null : title.trim(),
          color,
          ...(isNumeric ? { chart: chart === '' ? null : chart, min: numberOr(min), max: numberOr(max) } : {}),
        },
      },
    });
    onClose();
  };
  return (
    <form
      onSubmit={submit}
      aria-label={`Change ${field.title}`}
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
    >
      <Stack gap="xs" py="xs">
        <TextInput
          size="xs"
          label="Title"
          maxLength={128}
          value={title}
          data-autofocus
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Group gap="xs" align="flex-end">
          <TextInput
            size="xs"
            type="color"
            label="Colour"
            w={72}
            value={color ?? COLOR_DEFAULT}
            onChange={(event) => setColor(event.currentTarget.value)}
          />
          {color !== null && (
            <Button size="compact-xs" variant="subtle" onClick={() => setColor(null)}>
              As generated
            </Button>
          )}
        </Group>
        {isNumeric && (
          <>
            <NativeSelect
              size="xs"
              label="Chart"
              value={chart}
              data={[
                { value: '', label: 'As generated' },
                ...CHART_SHAPES.map((value) => ({ value, label: SHAPE_NAMES[value] })),
              ]}
              onChange={(event) => setChart(event.currentTarget.value as ChartShape | '')}
            />
            <Group gap="xs" grow>
              <NumberInput size="xs" label="Axis from" value={min} onChange={setMin} />
              <NumberInput size="xs" label="Axis to" value={max} onChange={setMax} />
            </Group>
          </>
        )}
        <Group gap="xs">
          <Button size="xs" type="submit">
            Apply
          </Button>
          <Button size="xs" variant="default" onClick={onClose}>
            Cancel
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function numberOr(typed: number | string): number | null {
  return typeof typed === 'number' && Number.isFinite(typed) ? typed : null;
}
