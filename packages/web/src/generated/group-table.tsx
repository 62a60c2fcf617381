import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { LatestValue } from '@viaduct/contracts';
import { formatMoment, formatNumber, formatValue } from '../ui/format.ts';
import classes from './generated.module.css';
import { lastValueRows } from './group-view.ts';
import type { ViewField } from './view-field.ts';

const ROWS_MAX = 50;
const COLUMNS_MAX = 8;
/** A scrolling region must be reachable by keyboard: WCAG 2.1.1. */
const FOCUSABLE = { tabIndex: 0 };

interface GroupTableProps {
  readonly fields: readonly ViewField[];
  readonly latest: readonly LatestValue[];
}

/** What each device said last. */
export function GroupTable({ fields, latest }: GroupTableProps) {
  const columns = fields.filter(({ kind }) => kind !== 'object' && kind !== 'vector').slice(0, COLUMNS_MAX);
  const rows = lastValueRows(columns, latest);
  return (
    <section className={`card ${classes.scroll}`} aria-label="Last values" {...FOCUSABLE}>
      <Table verticalSpacing={4} fz="sm">
        <Table.Thead>
          <Table.Tr>
            <Table.Th scope="col">Device</Table.Th>
            {columns.map(({ key, title, unit }) => (
              <Table.Th key={key} scope="col">
                {unit === null ? title : `${title} (${unit})`}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.slice(0, ROWS_MAX).map(({ deviceId, values }) => (
            <Table.Tr key={deviceId}>
              <Table.Th scope="row">
                <Link to="/devices/$deviceId" params={{ deviceId }}>
                  {deviceId}
                </Link>
              </Table.Th>
              {values.map((said, column) => (
                <Table.Td key={columns[column]?.key} title={said && formatMoment(said.enqueuedTime)}>
                  {typeof said?.value === 'number' ? formatNumber(said.value) : formatValue(said?.value)}
                </Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > ROWS_MAX && <p className={classes.count}>and {rows.length - ROWS_MAX} more</p>}
    </section>
  );
}
