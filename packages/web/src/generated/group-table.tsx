import { Table } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { LatestValue } from '@viaduct/contracts';
import { type Measure, sentWords, shownNumber } from '../model/measure.ts';
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
            {columns.map(({ key, title, measure: { unit } }) => (
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
              {columns.map(({ key, measure }, column) => (
                <Cell key={key} said={values[column]} measure={measure} />
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {rows.length > ROWS_MAX && <p className={classes.count}>and {rows.length - ROWS_MAX} more</p>}
    </section>
  );
}

function Cell({ said, measure }: { readonly said: LatestValue | undefined; readonly measure: Measure }) {
  if (said === undefined) return <Table.Td>–</Table.Td>;
  const { value, enqueuedTime } = said;
  const notes = [formatMoment(enqueuedTime), sentWords(value, measure)].filter((note) => note !== undefined);
  return (
    <Table.Td title={notes.join(', ')}>
      {typeof value === 'number' ? formatNumber(shownNumber(value, measure)) : formatValue(value)}
    </Table.Td>
  );
}
