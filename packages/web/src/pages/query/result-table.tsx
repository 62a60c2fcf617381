import { Checkbox } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import { Age } from '../../ui/age.tsx';
import { cellOf } from './download-results.ts';
import classes from './query.module.css';
import { identityOf, type Ticks } from './use-ticks.ts';

interface ResultTableProps {
  readonly columns: readonly string[];
  readonly items: readonly unknown[];
  readonly ticks: Ticks;
  readonly onOpen: (item: unknown) => void;
  /** The last rows are in sight. */
  readonly onEnd: () => void;
}

const ROW_PIXELS = 36;
const CELL_CHARACTERS_MAX = 160;
/** A scrolling region must be reachable by keyboard: WCAG 2.1.1. */
const FOCUSABLE = { tabIndex: 0 };

/** A real table that draws only the rows in sight: rows above and below are two rows of their height. */
export function ResultTable({ columns, items, ticks, onOpen, onEnd }: ResultTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 12,
  });
  const shown = rows.getVirtualItems();
  const first = shown[0];
  const last = shown.at(-1);
  const isAtEnd = (last?.index ?? 0) >= items.length - 1;
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd, onEnd]);
  return (
    <section ref={scroller} className={classes.scroller} aria-label="Rows" {...FOCUSABLE}>
      <table className={classes.table} aria-rowcount={items.length + 1}>
        <thead>
          <tr>
            {ticks.isPossible && (
              <th scope="col" data-tick>
                <Checkbox
                  size="xs"
                  aria-label="Tick all rows"
                  checked={ticks.areAll}
                  indeterminate={ticks.count > 0 && !ticks.areAll}
                  onChange={ticks.toggleAll}
                />
              </th>
            )}
            {columns.map((column) => (
              <th key={column} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer pixels={first?.start ?? 0} />
          {shown.map(({ index }) => {
            const item = items[index];
            const isTicked = ticks.has(item);
            return (
              <tr key={index} className={classes.row} aria-rowindex={index + 2} data-ticked={isTicked || undefined}>
                {ticks.isPossible && (
                  <td data-tick>
                    <Checkbox
                      size="xs"
                      aria-label={`Tick ${identityOf(item)?.deviceId ?? `row ${index + 1}`}`}
                      checked={isTicked}
                      disabled={identityOf(item) === undefined}
                      onChange={() => ticks.toggle(item)}
                    />
                  </td>
                )}
                {columns.map((column) => (
                  <td key={column}>
                    <Cell item={item} column={column} onOpen={() => onOpen(item)} />
                  </td>
                ))}
              </tr>
            );
          })}
          <Spacer pixels={last === undefined ? 0 : rows.getTotalSize() - last.end} />
        </tbody>
      </table>
    </section>
  );
}

function Spacer({ pixels }: { readonly pixels: number }) {
  return pixels <= 0 ? null : <tr style={{ height: pixels }} />;
}

interface CellProps {
  readonly item: unknown;
  readonly column: string;
  readonly onOpen: () => void;
}

function Cell({ item, column, onOpen }: CellProps) {
  const value = cellOf(item, column);
  if (value === undefined) return <span className="quiet">–</span>;
  const identity = identityOf(item);
  if (column === 'deviceId' && identity !== undefined) {
    return (
      <Link to="/devices/$deviceId" params={{ deviceId: identity.deviceId }} className={classes.device}>
        {identity.deviceId}
      </Link>
    );
  }
  if (column === 'moduleId' && identity?.moduleId !== undefined) {
    return (
      <Link
        to="/devices/$deviceId/modules/$moduleId"
        params={{ deviceId: identity.deviceId, moduleId: identity.moduleId }}
        className={classes.device}
      >
        {identity.moduleId}
      </Link>
    );
  }
  if (typeof value === 'string' && isTimeOf(column, value)) return <Age at={value.startsWith(NEVER) ? null : value} />;
  if (typeof value === 'object' && value !== null) {
    return (
      <button type="button" className={`mono ${classes.nested}`} title="Show the whole row" onClick={onOpen}>
        {JSON.stringify(value, withoutMetadata).slice(0, CELL_CHARACTERS_MAX)}
      </button>
    );
  }
  return <span title={String(value)}>{value === null ? 'null' : String(value).slice(0, CELL_CHARACTERS_MAX)}</span>;
}

/** What twins say of what never happened. */
const NEVER = '0001-01-01';

function isTimeOf(column: string, value: string): boolean {
  return /time(utc)?$/i.test(column) && /^\d{4}-\d\d-\d\dT/.test(value);
}

/** `$metadata` and `$version` say when a value was written; in a cell they would hide the value. */
function withoutMetadata(key: string, value: unknown): unknown {
  return key === '$metadata' || key === '$version' ? undefined : value;
}
