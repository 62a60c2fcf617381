import { Checkbox } from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import { useVirtualizer } from '@tanstack/react-virtual';
import type { DirectoryOrder, DirectoryRow } from '@viaduct/contracts';
import { useEffect, useRef } from 'react';
import { Age } from '../../ui/age.tsx';
import { type DeviceColumn, propertyPaths } from './device-columns.ts';
import { DeviceState } from './device-state.tsx';
import classes from './devices.module.css';
import type { Selection } from './use-selection.ts';

interface TableOrder {
  readonly orderBy: DirectoryOrder;
  readonly descending: boolean;
}

interface DeviceTableProps {
  readonly rows: readonly DirectoryRow[];
  readonly total: number;
  readonly columns: readonly DeviceColumn[];
  /** Absent where rows are only looked at. */
  readonly selection?: Selection;
  readonly order?: TableOrder;
  readonly onOrder?: (order: TableOrder) => void;
  /** The last rows are in sight. */
  readonly onEnd: () => void;
}

const ROW_PIXELS = 42;
/** A scrolling region must be reachable by keyboard: WCAG 2.1.1. */
const FOCUSABLE = { tabIndex: 0 };

/** A real table that draws only the rows in sight; the server searches, filters, sorts and gives page after page. */
export function DeviceTable({ rows, total, columns, selection, order, onOrder, onEnd }: DeviceTableProps) {
  const scroller = useRef<HTMLElement>(null);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PIXELS,
    overscan: 10,
  });
  const shown = virtual.getVirtualItems();
  const last = shown.at(-1);
  const isAtEnd = (last?.index ?? 0) >= rows.length - 1;
  useEffect(() => {
    if (isAtEnd) onEnd();
  }, [isAtEnd, onEnd]);
  return (
    <section ref={scroller} className={`card ${classes.scroller}`} aria-label="Devices" {...FOCUSABLE}>
      <table className={classes.table} aria-rowcount={total + 1}>
        <thead>
          <tr>
            {selection !== undefined && (
              <th scope="col" data-tick>
                <Checkbox
                  size="xs"
                  aria-label="Select all devices shown"
                  checked={selection.areAll(rows)}
                  indeterminate={selection.count > 0 && !selection.areAll(rows)}
                  onChange={() => selection.toggleAll(rows)}
                />
              </th>
            )}
            <Head column={{ id: 'device', title: 'Device', orderBy: 'displayName' }} order={order} onOrder={onOrder} />
            {columns.map((column) => (
              <Head key={column.id} column={column} order={order} onOrder={onOrder} />
            ))}
          </tr>
        </thead>
        <tbody>
          <Spacer pixels={shown[0]?.start ?? 0} />
          {shown.map(({ index }) => (
            <Row key={index} index={index} row={rows[index]} columns={columns} selection={selection} />
          ))}
          <Spacer pixels={last === undefined ? 0 : virtual.getTotalSize() - last.end} />
        </tbody>
      </table>
    </section>
  );
}

function Spacer({ pixels }: { readonly pixels: number }) {
  return pixels <= 0 ? null : <tr style={{ height: pixels }} />;
}

interface HeadProps {
  readonly column: DeviceColumn;
  readonly order: TableOrder | undefined;
  readonly onOrder: ((order: TableOrder) => void) | undefined;
}

function Head({ column: { id, title, orderBy }, order, onOrder }: HeadProps) {
  if (orderBy === undefined || onOrder === undefined) {
    return (
      <th scope="col" data-column={id}>
        {title}
      </th>
    );
  }
  const isOrder = order?.orderBy === orderBy;
  const descending = isOrder && order.descending;
  const Arrow = descending ? IconArrowDown : IconArrowUp;
  return (
    <th scope="col" data-column={id} aria-sort={isOrder ? (descending ? 'descending' : 'ascending') : 'none'}>
      <button
        type="button"
        className={classes.sort}
        onClick={() => onOrder({ orderBy, descending: isOrder && !descending })}
      >
        {title}
        <Arrow size={13} aria-hidden="true" data-shown={isOrder || undefined} />
      </button>
    </th>
  );
}

interface RowProps {
  readonly index: number;
  readonly row: DirectoryRow | undefined;
  readonly columns: readonly DeviceColumn[];
  readonly selection: Selection | undefined;
}

function Row({ index, row, columns, selection }: RowProps) {
  if (row === undefined) return null;
  const { deviceId, displayName } = row;
  const isTicked = selection?.has(deviceId) === true;
  return (
    <tr className={classes.row} aria-rowindex={index + 2} data-ticked={isTicked || undefined}>
      {selection !== undefined && (
        <td data-tick>
          <Checkbox
            size="xs"
            aria-label={`Select ${displayName}`}
            checked={isTicked}
            onChange={() => selection.toggle(deviceId)}
          />
        </td>
      )}
      <td data-column="device">
        <Link to="/devices/$deviceId" params={{ deviceId }} className={classes.device}>
          {displayName}
        </Link>
      </td>
      {columns.map((column) => (
        <td key={column.id} data-column={column.id.startsWith('.') ? 'property' : column.id}>
          <Cell row={row} column={column} columns={columns} />
        </td>
      ))}
    </tr>
  );
}

interface CellProps {
  readonly row: DirectoryRow;
  readonly column: DeviceColumn;
  readonly columns: readonly DeviceColumn[];
}

function Cell({ row, column: { id }, columns }: CellProps) {
  switch (id) {
    case 'deviceId':
      return <span className="mono">{row.deviceId}</span>;
    case 'state':
      return <DeviceState row={row} />;
    case 'template':
      return <span title={row.templateId ?? row.modelId ?? ''}>{row.templateName ?? row.modelName ?? '–'}</span>;
    case 'lastSeen':
      return <Age at={row.lastSeen} />;
    case 'created':
      return <Age at={row.createdAt} />;
    case 'organization':
      return row.organization ?? '–';
    default:
      return <span className="number">{textOf(row.values[propertyPaths(columns).indexOf(id.slice(1))])}</span>;
  }
}

function textOf(value: unknown): string {
  if (value === null || value === undefined) return '–';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
