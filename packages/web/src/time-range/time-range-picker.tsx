import { ActionIcon, Button, Popover, Switch, Text, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconClock, IconPlayerPlay, IconPlayerStop } from '@tabler/icons-react';
import { useState } from 'react';
import { liveHub } from '../live/live-hub.ts';
import { CustomRange } from './custom-range.tsx';
import { durationWords } from './duration.ts';
import { RANGE_PRESETS, rangeWords, shiftRange, zoneWords } from './time-choice.ts';
import classes from './time-range.module.css';
import type { TimeControl } from './use-time-range.ts';

interface TimeRangePickerProps {
  readonly control: TimeControl;
  /** Whether the page can tail live, and compare with the period before. */
  readonly canTail?: boolean;
  readonly canCompare?: boolean;
  /** ISO 8601 durations that are a press away. */
  readonly presets?: readonly string[];
  /** What a page without a time of its own shows: words for it, as in "each tile's own time". */
  readonly unset?: string;
}

/** One button that says which time is shown; behind it presets, two moments, live tail and comparison. */
export function TimeRangePicker(props: TimeRangePickerProps) {
  const { control, canTail = true, canCompare = false, presets = RANGE_PRESETS, unset } = props;
  const [isOpen, setOpen] = useState(false);
  const { range, isLive, isCompared, choose } = control;
  const words = unset !== undefined && !control.isSet ? unset : rangeWords(range);
  const shift = (steps: number) => choose({ range: shiftRange(range, steps, liveHub.nowMs()), isLive: false });
  return (
    <fieldset className={classes.bar} aria-label="Time">
      <Step label="Earlier" onClick={() => shift(-1)} icon={IconChevronLeft} />
      <Popover opened={isOpen} onChange={setOpen} position="bottom-end" trapFocus returnFocus shadow="md">
        <Popover.Target>
          <Button
            size="xs"
            variant="default"
            leftSection={<IconClock size={14} />}
            aria-label={`Time range: ${words}`}
            onClick={() => setOpen((open) => !open)}
          >
            {words}
          </Button>
        </Popover.Target>
        <Popover.Dropdown className={classes.panel} aria-label="Time range">
          {unset !== undefined && control.isSet && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                control.reset();
                setOpen(false);
              }}
            >
              {unset}
            </Button>
          )}
          <div className={classes.presets}>
            {presets.map((duration) => (
              <Button
                key={duration}
                size="compact-sm"
                variant={range.kind === 'last' && range.duration === duration ? 'filled' : 'default'}
                aria-pressed={range.kind === 'last' && range.duration === duration}
                onClick={() => {
                  choose({ range: { kind: 'last', duration } });
                  setOpen(false);
                }}
              >
                {durationWords(duration)}
              </Button>
            ))}
          </div>
          <CustomRange
            range={range}
            onChoose={(chosen) => {
              choose({ range: chosen });
              setOpen(false);
            }}
          />
          {canCompare && (
            <Switch
              size="sm"
              label="Compare with the period before"
              checked={isCompared}
              onChange={(event) => choose({ isCompared: event.currentTarget.checked })}
            />
          )}
          <Text size="xs" className="quiet">
            Times are shown in {zoneWords()}
          </Text>
        </Popover.Dropdown>
      </Popover>
      <Step label="Later" onClick={() => shift(1)} icon={IconChevronRight} disabled={range.kind === 'last'} />
      {canTail && (
        <Button
          size="xs"
          variant={isLive ? 'filled' : 'default'}
          aria-pressed={isLive}
          disabled={range.kind !== 'last'}
          leftSection={isLive ? <IconPlayerStop size={14} /> : <IconPlayerPlay size={14} />}
          onClick={() => choose({ isLive: !isLive })}
        >
          Live
        </Button>
      )}
    </fieldset>
  );
}

interface StepProps {
  readonly label: string;
  readonly onClick: () => void;
  readonly icon: typeof IconClock;
  readonly disabled?: boolean;
}

function Step({ label, onClick, icon: Glyph, disabled = false }: StepProps) {
  return (
    <Tooltip label={label}>
      <ActionIcon size={30} variant="default" aria-label={label} onClick={onClick} disabled={disabled}>
        <Glyph size={16} aria-hidden="true" />
      </ActionIcon>
    </Tooltip>
  );
}
