import { Link } from '@tanstack/react-router';
import { createColumnHelper, tableFeatures, useTable } from '@tanstack/react-table';
import type { DeviceRow } from '@viaduct/contracts';
import { Age } from '../../ui/age.tsx';
import { PresenceBadge } from '../../ui/presence-badge.tsx';
import classes from './devices.module.css';

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, DeviceRow>();
const columns = helper.columns([
  helper.accessor('deviceId', {
    header: 'Device',
    cell: ({ getValue }) => (
      <Link to="/devices/$deviceId" params={{ deviceId: getValue() }} className={classes.device}>
        {getValue()}
      </Link>
    ),
  }),
  helper.display({
    id: 'state',
    header: 'State',
    cell: ({ row }) => <PresenceBadge connected={row.original.connected} status={row.original.status} />,
  }),
  helper.accessor('lastSeen', { header: 'Last seen', cell: ({ getValue }) => <Age at={getValue()} /> }),
  helper.accessor('modelName', {
    header: 'Model',
    cell: ({ row }) => (
      <span title={row.original.modelId ?? ''}>{row.original.modelName ?? row.original.modelId ?? '–'}</span>
    ),
  }),
]);

/** A page of devices. The server searches, filters and pages; the table only shows. */
export function DeviceTable({ rows }: { readonly rows: readonly DeviceRow[] }) {
  const table = useTable({ features, columns, data: rows, getRowId: (row) => row.deviceId });
  return (
    <div className={`card ${classes.frame}`}>
      <table className={classes.table}>
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th key={header.id} scope="col" data-column={header.id}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id}>
              {row.getAllCells().map((cell) => (
                <td key={cell.id} data-column={cell.column.id}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
