import { Link } from '@tanstack/react-router';
import type { TemplateRow } from '@viaduct/contracts';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import { ModelBadge } from './model-badge.tsx';
import classes from './models.module.css';

export function ModelTable({ rows }: { readonly rows: readonly TemplateRow[] }) {
  const ordered = rows.toSorted((a, b) => a.displayName.localeCompare(b.displayName));
  return (
    <section className={`card ${tables.frame}`} aria-label="Models">
      <DataTable
        columns={[
          'Model',
          'State',
          { title: 'Devices', isNumber: true },
          { title: 'Capabilities', isWide: true, isNumber: true },
          { title: 'Changed', isWide: true },
        ]}
      >
        {ordered.map((row) => (
          <tr key={row.templateId}>
            <th scope="row">
              <Link to="/models/$templateId" params={{ templateId: row.templateId }} className={tables.name}>
                {row.displayName}
              </Link>
              <div className={`${classes.quiet} ${classes.id} mono`}>{row.modelId}</div>
            </th>
            <td>
              <ModelBadge row={row} />
            </td>
            <td data-number>{row.devices.toLocaleString('en')}</td>
            <td data-number data-wide>
              {row.capabilities.toLocaleString('en')}
            </td>
            <td data-wide>
              <Age at={row.updatedAt} />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
