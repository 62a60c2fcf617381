import { Link } from '@tanstack/react-router';
import type { ConfigurationRow } from '@viaduct/contracts';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import { ConfigurationCounts } from './configuration-counts.tsx';
import { KIND_WORDS } from './configuration-words.ts';
import classes from './configurations.module.css';

/** Highest priority first: the order in which they win. */
export function ConfigurationTable({ rows }: { readonly rows: readonly ConfigurationRow[] }) {
  const ordered = rows.toSorted((a, b) => b.priority - a.priority || b.createdTime - a.createdTime);
  return (
    <section className={`card ${tables.frame}`} aria-label="Configurations">
      <DataTable
        columns={[
          'Configuration',
          { title: 'Target condition', isWide: true },
          { title: 'Priority', isNumber: true },
          'Applied',
        ]}
      >
        {ordered.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <Link to="/configurations/$id" params={{ id: row.id }} className={tables.name}>
                {row.id}
              </Link>
              <div className={classes.quiet}>
                {KIND_WORDS[row.kind]}
                {Object.entries(row.labels).map(([name, value]) => (
                  <span key={name} className={classes.label}>
                    {name}: {value}
                  </span>
                ))}
              </div>
            </th>
            <td data-wide>
              <span className={`mono ${classes.condition}`} title={row.targetCondition}>
                {conditionWords(row.targetCondition)}
              </span>
            </td>
            <td data-number>{row.priority.toLocaleString('en')}</td>
            <td>
              <ConfigurationCounts row={row} />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}

function conditionWords(condition: string): string {
  if (condition.trim() === '') return 'no device';
  return condition.trim() === '*' ? 'all devices' : condition;
}
