import { Skeleton } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { EnrollmentView, RegistrationView } from '@viaduct/contracts';
import { provisioningClient, registrationsQuery } from '../../api/provisioning-client.ts';
import { Age } from '../../ui/age.tsx';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import tables from '../../ui/data-table.module.css';
import { ACTIONS, DataTable } from '../../ui/data-table.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { substatusWords } from './enrollment-words.ts';
import { ExpiryBadge } from './expiry-badge.tsx';
import { OutcomeBadge } from './outcome-badge.tsx';
import classes from './provisioning.module.css';

/** Who came through an enrolment, and where they are now. */
export function RegistrationsCard({
  enrollment: { kind, id, registrations: count },
}: {
  readonly enrollment: EnrollmentView;
}) {
  const registrations = useInfiniteQuery(registrationsQuery(kind, id));
  const rows = registrations.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section className={`card ${tables.frame}`} aria-labelledby="registrations">
      <div className={classes.cardHead}>
        <h2 id="registrations">{kind === 'group' ? 'Devices that came' : 'The device'}</h2>
        {count > 0 && <span className={`number ${classes.sub}`}>{count.toLocaleString('en')}</span>}
      </div>
      {registrations.isError && (
        <ProblemAlert error={registrations.error} onRetry={() => void registrations.refetch()} />
      )}
      {registrations.isPending && <Skeleton height={80} />}
      {registrations.isSuccess && rows.length === 0 && (
        <p className={classes.note}>None yet; the first one appears here by itself.</p>
      )}
      {rows.length > 0 && (
        <DataTable
          columns={[
            'Registration id',
            'State',
            { title: 'Where', isWide: true },
            { title: 'Last', isWide: true },
            ACTIONS,
          ]}
        >
          {rows.map((row) => (
            <Registration key={row.registrationId} row={row} />
          ))}
        </DataTable>
      )}
      <LoadMore pages={registrations} />
    </section>
  );
}

function Registration({ row }: { readonly row: RegistrationView }) {
  const { registrationId, status, substatus, deviceId, assignedHub, isHere, message, certificateEnds } = row;
  const how = substatusWords(substatus);
  return (
    <tr>
      <th scope="row">
        {isHere && deviceId !== null ? (
          <Link to="/devices/$deviceId" params={{ deviceId }} className={tables.name}>
            {registrationId}
          </Link>
        ) : (
          registrationId
        )}
      </th>
      <td>
        <OutcomeBadge outcome={status} /> {certificateEnds !== null && <ExpiryBadge ends={certificateEnds} />}
        {message !== null && <div className={classes.sub}>{message}</div>}
      </td>
      <td data-wide>
        {assignedHub ?? '–'}
        {how !== null && <div className={classes.sub}>{how}</div>}
      </td>
      <td data-wide>
        <Age at={row.updatedTime} />
      </td>
      <td data-actions>
        <Forget row={row} />
      </td>
    </tr>
  );
}

function Forget({ row: { registrationId, etag } }: { readonly row: RegistrationView }) {
  const queryClient = useQueryClient();
  const forget = async () => {
    await provisioningClient.forget(registrationId, etag);
    await queryClient.invalidateQueries({ queryKey: ['provisioning', 'enrollment'] });
  };
  return (
    <ConfirmButton
      label={`Forget ${registrationId}`}
      icon={IconTrash}
      question={`Forget the registration of ${registrationId}?`}
      consequence="The next time it asks, it is as if it came for the first time. Its device at the hub stays as it is."
      action="Forget it"
      done={`The registration of ${registrationId} is forgotten`}
      act={forget}
    />
  );
}
