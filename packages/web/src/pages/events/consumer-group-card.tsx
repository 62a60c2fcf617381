import { IconTrash } from '@tabler/icons-react';
import { useQueryClient } from '@tanstack/react-query';
import type { ConsumerGroupView, EventPartitionView, EventReaderView } from '@viaduct/contracts';
import { eventReadersQuery, eventsClient } from '../../api/events-client.ts';
import { Age } from '../../ui/age.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import facts from '../../ui/facts.module.css';
import classes from './events.module.css';

interface ConsumerGroupCardProps {
  readonly group: ConsumerGroupView;
  readonly partitions: readonly EventPartitionView[];
}

/** One group: a line for each reader, and for each partition that nobody reads. */
export function ConsumerGroupCard({ group, partitions }: ConsumerGroupCardProps) {
  const { name, readers, isDefault, createdTime } = group;
  const titleId = `group-${name}`;
  const unread = partitions.filter(({ partition }) => !readers.some((reader) => reader.partition === partition));
  return (
    <section className={`card ${tables.frame}`} aria-labelledby={titleId}>
      <div className={classes.head}>
        <h2 className={facts.title} id={titleId}>
          {name}
        </h2>
        <span className={classes.quiet}>
          {isDefault ? (
            'there from the beginning'
          ) : (
            <>
              made <Age at={createdTime} />
            </>
          )}
        </span>
        {!isDefault && <RemoveGroup name={name} readers={readers.length} />}
      </div>
      {readers.length === 0 ? (
        <p className={classes.nobody}>
          Nobody reads for this group now. A program that starts to appears here at once.
        </p>
      ) : (
        <DataTable
          columns={[
            'Partition',
            'Reader',
            { title: 'From', isWide: true },
            { title: 'Since', isWide: true },
            { title: 'Behind', isNumber: true },
          ]}
        >
          {readers.map((reader) => (
            <ReaderRow key={`${reader.partition} ${reader.name} ${reader.connectedTime}`} reader={reader} />
          ))}
        </DataTable>
      )}
      {readers.length > 0 && unread.length > 0 && (
        <p className={classes.nobody}>
          Nobody reads partition {unread.map(({ partition }) => partition).join(', ')} for this group.
        </p>
      )}
    </section>
  );
}

function ReaderRow({ reader }: { readonly reader: EventReaderView }) {
  const { partition, name, ownerLevel, transport, remoteAddress, connectedTime, lag } = reader;
  return (
    <tr>
      <th scope="row">{partition}</th>
      <td>
        {name}
        {ownerLevel !== null && <span className={classes.quiet}> alone, owner level {ownerLevel}</span>}
      </td>
      <td data-wide>
        <span className="mono">{remoteAddress}</span> <span className={classes.quiet}>{transport}</span>
      </td>
      <td data-wide>
        <Age at={connectedTime} />
      </td>
      <td data-number>{lag === null ? '…' : lag === 0 ? 'up to date' : lag.toLocaleString('en')}</td>
    </tr>
  );
}

function RemoveGroup({ name, readers }: { readonly name: string; readonly readers: number }) {
  const queryClient = useQueryClient();
  const remove = async () => {
    await eventsClient.removeGroup(name);
    await queryClient.invalidateQueries({ queryKey: eventReadersQuery.queryKey });
  };
  const who = readers === 0 ? 'Nobody reads for it now.' : `${readers} of its readers are detached now.`;
  return (
    <ConfirmButton
      label={`Remove ${name}`}
      icon={IconTrash}
      question={`Remove ${name}?`}
      consequence={`${who} Programs that name this group are refused from then on. No event is lost, and other groups read on.`}
      action="Remove group"
      done={`${name} is removed`}
      act={remove}
    />
  );
}
