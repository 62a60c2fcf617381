import { IconAccessPoint, IconAccessPointOff } from '@tabler/icons-react';
import { useSyncExternalStore } from 'react';
import { liveHub } from '../live/live-hub.ts';
import classes from './live-indicator.module.css';

const WORDS = { connecting: 'Connecting', live: 'Live', reconnecting: 'Reconnecting' } as const;

/** Whether what one sees is what is: the state of the page's one live stream. */
export function LiveIndicator() {
  const status = useSyncExternalStore(liveHub.subscribeStatus, liveHub.status);
  const Glyph = status === 'live' ? IconAccessPoint : IconAccessPointOff;
  return (
    <span className={classes.indicator} data-status={status} role="status">
      <Glyph size={16} aria-hidden="true" />
      <span className={classes.word}>{WORDS[status]}</span>
    </span>
  );
}
