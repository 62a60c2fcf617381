import { Button, Group, SegmentedControl } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { WINDOW_MINUTES, type WindowMinutes } from '../ui/search-params.ts';

interface WindowSelectProps {
  readonly minutes: WindowMinutes;
  readonly paused: boolean;
  readonly onMinutes: (minutes: WindowMinutes) => void;
  readonly onPaused: (paused: boolean) => void;
}

/** How much of the past is shown, and whether it moves. */
export function WindowSelect({ minutes, paused, onMinutes, onPaused }: WindowSelectProps) {
  return (
    <Group gap="xs">
      <SegmentedControl
        classNames={{ label: 'segment' }}
        size="xs"
        aria-label="Time window"
        value={String(minutes)}
        data={WINDOW_MINUTES.map((value) => ({ value: String(value), label: `${value} min` }))}
        onChange={(value) => {
          const chosen = WINDOW_MINUTES.find((candidate) => String(candidate) === value);
          if (chosen !== undefined) onMinutes(chosen);
        }}
      />
      <Button
        size="xs"
        variant="default"
        aria-pressed={paused}
        leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
        onClick={() => onPaused(!paused)}
      >
        {paused ? 'Resume' : 'Pause'}
      </Button>
    </Group>
  );
}
