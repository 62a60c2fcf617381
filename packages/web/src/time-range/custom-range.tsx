import { Button, TextInput } from '@mantine/core';
import type { TimeRange } from '@viaduct/contracts';
import { type FormEvent, useState } from 'react';
import { liveHub } from '../live/live-hub.ts';
import { rangeBetween, spanOf } from './time-choice.ts';
import classes from './time-range.module.css';

interface CustomRangeProps {
  readonly range: TimeRange;
  readonly onChoose: (range: TimeRange) => void;
}

/** Two moments in the viewer's zone. */
export function CustomRange({ range, onChoose }: CustomRangeProps) {
  const shown = spanOf(range, liveHub.nowMs());
  const [from, setFrom] = useState(() => localText(shown.fromMs));
  const [to, setTo] = useState(() => localText(shown.toMs));
  const [fromMs, toMs] = [Date.parse(from), Date.parse(to)];
  const isBackwards = fromMs >= toMs;
  const isWhole = !Number.isNaN(fromMs) && !Number.isNaN(toMs) && !isBackwards;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (isWhole) onChoose(rangeBetween({ fromMs, toMs }));
  };
  return (
    <form className={classes.custom} onSubmit={submit}>
      <TextInput
        size="xs"
        label="From"
        type="datetime-local"
        step={1}
        value={from}
        onChange={(event) => setFrom(event.currentTarget.value)}
      />
      <TextInput
        size="xs"
        label="To"
        type="datetime-local"
        step={1}
        value={to}
        error={isBackwards ? 'is before the beginning' : undefined}
        onChange={(event) => setTo(event.currentTarget.value)}
      />
      <Button size="xs" type="submit" disabled={!isWhole}>
        Show
      </Button>
    </form>
  );
}

/** What a `datetime-local` input takes: local time, to the second. */
function localText(atMs: number): string {
  const shifted = new Date(atMs - new Date(atMs).getTimezoneOffset() * 60_000);
  return shifted.toISOString().slice(0, 19);
}
