import { Link } from '@tanstack/react-router';
import type { JobView } from '@viaduct/contracts';
import type { ReactNode } from 'react';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { DataTable } from '../../ui/data-table.tsx';
import { formatMoment } from '../../ui/format.ts';
import { JobBadge } from './job-badge.tsx';
import { JobProgress } from './job-progress.tsx';
import { describeJob } from './job-words.ts';
import classes from './jobs.module.css';

/** Jobs, newest first, each with its bar. */
export function JobTable({ jobs, children }: { readonly jobs: readonly JobView[]; readonly children?: ReactNode }) {
  return (
    <section className={`card ${tables.frame}`} aria-label="Jobs">
      <DataTable columns={['Job', 'State', { title: 'Progress', isWide: true }, { title: 'Begins', isWide: true }]}>
        {jobs.map((job) => (
          <tr key={job.jobId}>
            <th scope="row">
              <Link to="/jobs/$jobId" params={{ jobId: job.jobId }} className={tables.name}>
                {job.jobId}
              </Link>
              <div className={classes.what}>{describeJob(job)}</div>
            </th>
            <td>
              <JobBadge job={job} />
            </td>
            <td data-wide>
              <JobProgress job={job} />
            </td>
            <td data-wide>
              {job.status === 'scheduled' ? (
                formatMoment(new Date(job.startTime).toISOString())
              ) : (
                <Age at={job.startedTime ?? job.createdTime} />
              )}
            </td>
          </tr>
        ))}
      </DataTable>
      {children}
    </section>
  );
}
