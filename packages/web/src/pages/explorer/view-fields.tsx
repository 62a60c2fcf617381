import { ActionIcon, Autocomplete, NativeSelect } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { type ExplorationView, LIMITS } from '@viaduct/contracts';
import { useState } from 'react';
import { AGGREGATES } from '../../explorer/exploration-search.ts';
import classes from '../../explorer/explorer.module.css';
import { AXES_CHOICES } from '../../tiles/axes-choices.ts';
import { useVocabulary } from '../../tiles/use-vocabulary.ts';
import { durationWords } from '../../time-range/duration.ts';
import { SourceFields } from './source-fields.tsx';

export interface ViewFieldsProps {
  readonly view: ExplorationView;
  readonly onChange: (part: Partial<ExplorationView>) => void;
}

const AGGREGATE_WORDS = {
  ...{ avg: 'average', min: 'lowest', max: 'highest', sum: 'sum', count: 'count' },
  ...{ first: 'first', last: 'last', none: 'each value' },
} as const;
const STEPS = ['PT1S', 'PT10S', 'PT1M', 'PT5M', 'PT15M', 'PT1H', 'PT6H', 'P1D', 'P1W'];

/** Whose telemetry, what of it, and how it is drawn. */
export function ViewFields({ view, onChange }: ViewFieldsProps) {
  const { telemetry, properties } = useVocabulary(view.source);
  const { splitBy, resolution, axes } = view;
  const split = typeof splitBy === 'object' ? splitBy.property : (splitBy ?? '');
  const ways = ['$template', ...properties].filter((property) => property !== split);
  return (
    <>
      <SourceFields view={view} onChange={onChange} />
      <LinesField view={view} onChange={onChange} names={telemetry} />
      <fieldset>
        <legend>Drawing</legend>
        <NativeSelect
          size="xs"
          label="A line for each"
          value={split}
          data={[
            { value: '', label: 'All together' },
            { value: 'device', label: 'Device' },
            ...(split !== '' && split !== 'device' ? [split] : []),
            ...ways,
          ]}
          onChange={({ currentTarget: { value } }) =>
            onChange({
              splitBy: value === '' ? undefined : value === 'device' ? value : { property: value },
            } as Partial<ExplorationView>)
          }
        />
        <NativeSelect
          size="xs"
          label="Interval"
          value={resolution ?? ''}
          data={[
            { value: '', label: 'As the time needs' },
            ...[...new Set([...STEPS, ...(resolution === undefined ? [] : [resolution])])].map((step) => ({
              value: step,
              label: durationWords(step),
            })),
          ]}
          onChange={({ currentTarget: { value } }) =>
            onChange({ resolution: value || undefined } as Partial<ExplorationView>)
          }
        />
        <NativeSelect
          size="xs"
          label="Axes"
          value={axes}
          data={AXES_CHOICES}
          onChange={({ currentTarget: { value } }) => onChange({ axes: value as ExplorationView['axes'] })}
        />
      </fieldset>
    </>
  );
}

function LinesField({ view: { lines }, onChange, names }: ViewFieldsProps & { readonly names: readonly string[] }) {
  const [typed, setTyped] = useState('');
  const isFull = lines.length >= LIMITS.EXPLORATION_LINES_MAX;
  const add = (path: string) => {
    setTyped('');
    if (path !== '' && !isFull) onChange({ lines: [...lines, { path, aggregate: 'avg' }] });
  };
  const choose = (at: number, aggregate: string) =>
    onChange({
      lines: lines.map((line, index) =>
        index === at ? { ...line, aggregate: AGGREGATES.find((each) => each === aggregate) ?? 'avg' } : line,
      ),
    });
  return (
    <fieldset>
      <legend>Telemetry</legend>
      <ul className={classes.chosen} aria-label="Chosen telemetry">
        {lines.map(({ path, aggregate }, index) => (
          <li key={`${path}:${aggregate}`}>
            <span className={`mono ${classes.grow}`} title={path}>
              {path}
            </span>
            <NativeSelect
              size="xs"
              aria-label={`How ${path} is summed up`}
              value={aggregate}
              data={AGGREGATES.map((value) => ({ value, label: AGGREGATE_WORDS[value] }))}
              onChange={(event) => choose(index, event.currentTarget.value)}
            />
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              aria-label={`Remove ${path}`}
              onClick={() => onChange({ lines: lines.filter((_line, at) => at !== index) })}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
      <Autocomplete
        size="xs"
        label="Add telemetry"
        placeholder={names[0] ?? 'temperature'}
        spellCheck={false}
        disabled={isFull}
        data={[...names]}
        value={typed}
        onChange={setTyped}
        onOptionSubmit={add}
        onKeyDown={(event) => event.key === 'Enter' && add(typed.trim())}
      />
    </fieldset>
  );
}
