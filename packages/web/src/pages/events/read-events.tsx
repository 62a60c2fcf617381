import { Skeleton } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import type { EventReadersView } from '@viaduct/contracts';
import { connectionQuery } from '../../api/queries.ts';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import facts from '../../ui/facts.module.css';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { SecretLine } from '../../ui/secret-line.tsx';
import classes from './events.module.css';

/** What a reader needs, and what there is to read. */
export function ReadEvents({ view }: { readonly view: EventReadersView }) {
  const connection = useQuery(connectionQuery);
  return (
    <div className={classes.columns}>
      <section className="card" aria-labelledby="read-events">
        <h2 id="read-events" className={facts.title}>
          Read them
        </h2>
        <p className={classes.note}>
          Give this to an Event Hubs client, or try <code>npx viaduct monitor</code>.
        </p>
        {connection.isError && <ProblemAlert error={connection.error} onRetry={() => void connection.refetch()} />}
        {connection.isPending && <Skeleton height={90} />}
        {connection.data !== undefined && (
          <dl className={facts.facts} data-one-column>
            <SecretLine title="Connection string" value={connection.data.eventHubsConnectionString} />
            <div>
              <dt>Event hub name</dt>
              <dd className="mono">{view.eventHubName}</dd>
            </div>
          </dl>
        )}
      </section>
      <section className={`card ${tables.frame}`} aria-label="Partitions">
        <DataTable columns={['Partition', { title: 'Events kept', isNumber: true }, 'Newest']}>
          {view.partitions.map(({ partition, firstOffset, nextOffset, lastEnqueuedTime }) => (
            <tr key={partition}>
              <th scope="row">{partition}</th>
              <td data-number>{(nextOffset - firstOffset).toLocaleString('en')}</td>
              <td>
                <Age at={lastEnqueuedTime} never="none yet" />
              </td>
            </tr>
          ))}
        </DataTable>
      </section>
    </div>
  );
}
