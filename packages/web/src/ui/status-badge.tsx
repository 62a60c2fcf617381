import type { Icon } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './status-badge.module.css';

export type Tone = 'good' | 'warn' | 'bad' | 'quiet';

interface StatusBadgeProps {
  readonly tone: Tone;
  readonly icon: Icon;
  readonly children: ReactNode;
}

/** A state by icon, word and colour, in that order of importance. */
export function StatusBadge({ tone, icon: Glyph, children }: StatusBadgeProps) {
  return (
    <span className={classes.badge} data-tone={tone}>
      <Glyph size={14} stroke={2} aria-hidden="true" />
      {children}
    </span>
  );
}
