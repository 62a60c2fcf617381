import { IconBan, IconCircleCheck } from '@tabler/icons-react';
import { Link } from '@tanstack/react-router';
import type { EnrollmentRow } from '@viaduct/contracts';
import type { ComponentProps } from 'react';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import { LoadMore } from '../../ui/load-more.tsx';
import { StatusBadge } from '../../ui/status-badge.tsx';
import { PROOF_WORDS } from './enrollment-words.ts';
import { ExpiryBadge } from './expiry-badge.tsx';

interface EnrollmentTableProps {
  readonly rows: readonly EnrollmentRow[];
  readonly pages: ComponentProps<typeof LoadMore>['pages'];
}

export function EnrollmentTable({ rows, pages }: EnrollmentTableProps) {
  return (
    <section className={`card ${tables.frame}`} aria-label="Enrolments">
      <DataTable columns={['Id', 'Proof', 'State', { title: 'Changed', isWide: true }]}>
        {rows.map((row) => (
          <tr key={row.id}>
            <th scope="row">
              <Link to="/enrollments/$kind/$id" params={{ kind: row.kind, id: row.id }} className={tables.name}>
                {row.id}
              </Link>
            </th>
            <td>
              {PROOF_WORDS[row.attestation].short}{' '}
              {row.certificateEnds !== null && <ExpiryBadge ends={row.certificateEnds} />}
            </td>
            <td>
              <EnrollmentStatus status={row.status} />
            </td>
            <td data-wide>
              <Age at={row.updatedTime} />
            </td>
          </tr>
        ))}
      </DataTable>
      <LoadMore pages={pages} />
    </section>
  );
}

export function EnrollmentStatus({ status }: Pick<EnrollmentRow, 'status'>) {
  return status === 'enabled' ? (
    <StatusBadge tone="good" icon={IconCircleCheck}>
      Enabled
    </StatusBadge>
  ) : (
    <StatusBadge tone="warn" icon={IconBan}>
      Disabled
    </StatusBadge>
  );
}
