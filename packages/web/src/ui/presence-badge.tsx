import { IconBan, IconCircleDashed, IconPlugConnected } from '@tabler/icons-react';
import classes from './presence-badge.module.css';

interface PresenceProps {
  readonly connected: boolean;
  readonly status: 'enabled' | 'disabled';
}

/** State by icon, word and colour, in that order of importance. */
export function PresenceBadge({ connected, status }: PresenceProps) {
  const [kind, Glyph, word] = connected
    ? (['on', IconPlugConnected, 'Connected'] as const)
    : status === 'disabled'
      ? (['blocked', IconBan, 'Disabled'] as const)
      : (['off', IconCircleDashed, 'Offline'] as const);
  return (
    <span className={classes.badge} data-kind={kind}>
      <Glyph size={14} stroke={2} aria-hidden="true" />
      {word}
    </span>
  );
}
