import { useQuery } from '@tanstack/react-query';
import { lossesQuery } from '../../api/routing-client.ts';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import facts from '../../ui/facts.module.css';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import classes from './routing.module.css';
import { LOSS_WORDS } from './routing-words.ts';

/** What it did not get, newest first; nothing where it got everything. */
export function EndpointLosses({ name }: { readonly name: string }) {
  const losses = useQuery(lossesQuery(name));
  if (losses.isError) return <ProblemAlert error={losses.error} onRetry={() => void losses.refetch()} />;
  if (losses.data === undefined || losses.data.length === 0) return null;
  return (
    <section className={`card ${tables.frame}`} aria-labelledby="losses">
      <div className={classes.head}>
        <h2 id="losses" className={facts.title}>
          Not delivered
        </h2>
      </div>
      <DataTable columns={['Why', { title: 'Messages', isNumber: true }, { title: 'Device', isWide: true }, 'Found']}>
        {losses.data.map((loss) => (
          <tr key={`${loss.partition} ${loss.fromOffset} ${loss.time}`}>
            <td>
              {LOSS_WORDS[loss.kind]}
              <div className="quiet">{loss.message}</div>
            </td>
            <td data-number>{loss.count.toLocaleString('en')}</td>
            <td data-wide>{loss.deviceId ?? 'many'}</td>
            <td>
              <Age at={loss.time} />
            </td>
          </tr>
        ))}
      </DataTable>
    </section>
  );
}
