import { Button } from '@mantine/core';
import { IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';

interface PauseButtonProps {
  readonly paused: boolean;
  readonly onChange: (paused: boolean) => void;
}

/** Holds still what comes live, and lets it go on. */
export function PauseButton({ paused, onChange }: PauseButtonProps) {
  return (
    <Button
      size="xs"
      variant="default"
      aria-pressed={paused}
      leftSection={paused ? <IconPlayerPlay size={14} /> : <IconPlayerPause size={14} />}
      onClick={() => onChange(!paused)}
    >
      {paused ? 'Resume' : 'Pause'}
    </Button>
  );
}
