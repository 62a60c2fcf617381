import { ActionIcon, Button, Popover, Skeleton, TextInput } from '@mantine/core';
import { IconChartLine, IconFlag, IconX } from '@tabler/icons-react';
import { LIMITS, type TimeRange } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { ExplorationChart } from '../../explorer/exploration-chart.tsx';
import classes from '../../explorer/explorer.module.css';
import { useExploration } from '../../explorer/use-exploration.ts';
import { rangeBetween } from '../../time-range/time-choice.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { formatMoment } from '../../ui/format.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import type { ViewFieldsProps } from './view-fields.tsx';

interface ExplorerChartProps extends ViewFieldsProps {
  readonly isLive: boolean;
  readonly onZoom: (range: TimeRange) => void;
}

/** The chart, as high as there is room, and what was marked in it. */
export function ExplorerChart({ view, isLive, onZoom, onChange }: ExplorerChartProps) {
  const series = useExploration(view, isLive);
  const isCut = series.answers.some((answer) => answer?.isCut === true);
  if (view.lines.length === 0) return <NothingChosen />;
  return (
    <div className={`card ${classes.main}`}>
      {series.problem !== null && <ProblemAlert error={series.problem} />}
      {series.isPending ? (
        <Skeleton height={380} />
      ) : (
        <div className={classes.chart}>
          <ExplorationChart
            label="Explorer"
            view={view}
            series={series}
            onZoom={(span) => onZoom(rangeBetween(span))}
          />
        </div>
      )}
      {!series.isPending && series.lines.length === 0 && series.problem === null && (
        <p className={classes.note}>Nobody said this in this time.</p>
      )}
      {series.answers.some((answer) => answer?.isEstimate === true) && (
        <p className={classes.note}>An estimate, of a twentieth of the points. The exact picture follows.</p>
      )}
      {isCut && <p className={classes.note}>There is more than is drawn: choose fewer devices, or another interval.</p>}
      <Markers view={view} onChange={onChange} />
    </div>
  );
}

function NothingChosen() {
  return (
    <div className="card">
      <EmptyState
        icon={IconChartLine}
        title="Nothing is chosen yet"
        text="Add telemetry on the left, and its history is drawn here."
      />
    </div>
  );
}

function Markers({ view: { markers = [] }, onChange }: ViewFieldsProps) {
  return (
    <div className={classes.bar}>
      <ul className={classes.chosen} aria-label="Markers">
        {markers.map((marker) => (
          <li key={`${marker.at} ${marker.label}`}>
            <IconFlag size={14} aria-hidden="true" />
            <span className={classes.grow}>
              {marker.label}, {formatMoment(marker.at)}
            </span>
            <ActionIcon
              size={26}
              variant="subtle"
              color="gray"
              aria-label={`Remove the marker ${marker.label}`}
              onClick={() => onChange({ markers: markers.filter((other) => other !== marker) })}
            >
              <IconX size={14} aria-hidden="true" />
            </ActionIcon>
          </li>
        ))}
      </ul>
      {markers.length < LIMITS.EXPLORATION_MARKERS_MAX && (
        <AddMarker onAdd={(marker) => onChange({ markers: [...markers, marker] })} />
      )}
    </div>
  );
}

function AddMarker({ onAdd }: { readonly onAdd: (marker: { readonly at: string; readonly label: string }) => void }) {
  const [isOpen, setOpen] = useState(false);
  const [label, setLabel] = useState('');
  const [at, setAt] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const time = Date.parse(at);
    if (label.trim() === '' || Number.isNaN(time)) return;
    onAdd({ at: new Date(time).toISOString(), label: label.trim() });
    setOpen(false);
    setLabel('');
  };
  return (
    <Popover opened={isOpen} onChange={setOpen} trapFocus returnFocus shadow="md" position="top-end">
      <Popover.Target>
        <Button size="xs" variant="default" leftSection={<IconFlag size={14} />} onClick={() => setOpen(true)}>
          Mark a moment
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Mark a moment">
        <form className={classes.main} onSubmit={submit}>
          <TextInput
            size="xs"
            label="What happened"
            value={label}
            onChange={(event) => setLabel(event.currentTarget.value)}
          />
          <TextInput
            size="xs"
            type="datetime-local"
            label="When"
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
          <Button size="xs" type="submit">
            Mark
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  );
}
