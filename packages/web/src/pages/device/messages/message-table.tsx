import { useVirtualizer } from '@tanstack/react-virtual';
import type { DeviceDetail, LiveTelemetry } from '@viaduct/contracts';
import { useRef } from 'react';
import { bodyLine, positionOf } from '../../../live/filter-messages.ts';
import { formatBytes, formatClock, formatMoment, formatValue } from '../../../ui/format.ts';
import { MessageDetails } from './message-details.tsx';
import { fieldsOf } from './message-fields.ts';
import classes from './messages.module.css';

interface MessageTableProps {
  readonly messages: readonly LiveTelemetry[];
  /** Keys of values that have a column of their own; none: the whole body has one. */
  readonly columns: readonly string[];
  readonly device: DeviceDetail;
  /** The message that is unfolded, by position. */
  readonly open: string | null;
  readonly onOpen: (position: string | null) => void;
}

const ROW_PIXELS = 34;
/** Of a body, on its line. */
const BODY_CHARACTERS = 400;

/** Draws only the rows in sight. A row is a button that unfolds the whole message under it. */
export function MessageTable({ messages, columns, device, open, onOpen }: MessageTableProps) {
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
        {columns.length === 0 ? <span>Body</span> : <Cells texts={columns.map(nameOf)} />}
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
                  columns={columns}
                  device={device}
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

interface MessageRowProps extends Pick<MessageTableProps, 'columns' | 'device'> {
  readonly message: LiveTelemetry;
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function MessageRow({ message, columns, device, isOpen, onToggle }: MessageRowProps) {
  const fields = fieldsOf(message, device.model);
  const unmodelled = device.model === null ? 0 : fields.filter(({ isModelled }) => !isModelled).length;
  return (
    <>
      <button type="button" className={classes.row} aria-expanded={isOpen} onClick={onToggle}>
        <time dateTime={message.enqueuedTime} title={formatMoment(message.enqueuedTime)} className="number">
          {formatClock(Date.parse(message.enqueuedTime), true)}
        </time>
        {columns.length === 0 ? (
          <span className={classes.bodyCell}>
            {unmodelled > 0 && <span className={classes.mark}>{unmodelled} unmodeled</span>}
            <span className={`mono ${classes.body}`}>{bodyLine(message).slice(0, BODY_CHARACTERS)}</span>
          </span>
        ) : (
          <Cells texts={columns.map((key) => formatCell(fields.find((field) => field.key === key)?.value))} />
        )}
        <span className={`number ${classes.size}`}>{formatBytes(message.bodyBytes)}</span>
      </button>
      {isOpen && <MessageDetails message={message} device={device} />}
    </>
  );
}

/** Values beside each other, of one width. */
function Cells({ texts }: { readonly texts: readonly string[] }) {
  return (
    <span className={classes.cells}>
      {texts.map((text, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column has no other name than its place
        <span key={column} className={classes.body}>
          {text}
        </span>
      ))}
    </span>
  );
}

function nameOf(key: string): string {
  return key.startsWith('/') ? key.slice(1) : key.replace('/', ' · ');
}

function formatCell(value: unknown): string {
  return value === undefined ? '' : formatValue(value).slice(0, BODY_CHARACTERS);
}
