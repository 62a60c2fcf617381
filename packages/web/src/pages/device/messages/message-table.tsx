import { useVirtualizer } from '@tanstack/react-virtual';
import type { LiveTelemetry } from '@viaduct/contracts';
import { useRef } from 'react';
import { bodyLine, positionOf } from '../../../live/filter-messages.ts';
import { formatBytes, formatClock, formatMoment } from '../../../ui/format.ts';
import { MessageDetails } from './message-details.tsx';
import classes from './messages.module.css';

interface MessageTableProps {
  readonly messages: readonly LiveTelemetry[];
  /** The message that is unfolded, by position. */
  readonly open: string | null;
  readonly onOpen: (position: string | null) => void;
}

const ROW_PIXELS = 34;

/** Draws only the rows in sight. A row is a button that unfolds the whole message under it. */
export function MessageTable({ messages, open, onOpen }: MessageTableProps) {
  const scroller = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    getItemKey: (index) => positionOf(messages[index] as LiveTelemetry),
    overscan: 8,
  });
  return (
    <div className={`card ${classes.frame}`}>
      <div className={classes.head} aria-hidden="true">
        <span>Received</span>
        <span>Body</span>
        <span className={classes.size}>Size</span>
      </div>
      <section ref={scroller} className={classes.scroller} aria-label="Messages, newest first">
        <ul className={classes.rows} style={{ height: rows.getTotalSize() }}>
          {rows.getVirtualItems().map((item) => {
            const message = messages[item.index] as LiveTelemetry;
            const position = positionOf(message);
            return (
              <li
                key={item.key}
                data-index={item.index}
                ref={rows.measureElement}
                className={classes.item}
                style={{ transform: `translateY(${item.start}px)` }}
              >
                <MessageRow
                  message={message}
                  isOpen={position === open}
                  onToggle={() => onOpen(position === open ? null : position)}
                />
              </li>
            );
          })}
        </ul>
      </section>
    </div>
  );
}

interface MessageRowProps {
  readonly message: LiveTelemetry;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function MessageRow({ message, isOpen, onToggle }: MessageRowProps) {
  return (
    <>
      <button type="button" className={classes.row} aria-expanded={isOpen} onClick={onToggle}>
        <time dateTime={message.enqueuedTime} title={formatMoment(message.enqueuedTime)} className="number">
          {formatClock(Date.parse(message.enqueuedTime), true)}
        </time>
        <span className={`mono ${classes.body}`}>{bodyLine(message).slice(0, 400)}</span>
        <span className={`number ${classes.size}`}>{formatBytes(message.bodyBytes)}</span>
      </button>
      {isOpen && <MessageDetails message={message} />}
    </>
  );
}
