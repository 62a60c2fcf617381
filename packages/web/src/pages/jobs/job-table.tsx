import { Link } from '@tanstack/react-router';
import type { JobView } from '@viaduct/contracts';
import type { ReactNode } from 'react';
import { Age } from '../../ui/age.tsx';
import tables from '../../ui/data-table.module.css';
import { formatMoment } from '../../ui/format.ts';
import { JobBadge } from './job-badge.tsx';
import { JobProgress } from './job-progress.tsx';
import { describeJob } from './job-words.ts';
import classes from './jobs.module.css';

/** Jobs, newest first, each with its bar. */
export function JobTable({ jobs, children }: { readonly jobs: readonly JobView[]; readonly children?: ReactNode }) {
  return (
    <section className={`card ${tables.frame}`} aria-label="Jobs">
      <table className={tables.table}>
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">State</th>
            <th scope="col" data-wide>
              Progress
            </th>
            <th scope="col" data-wide>
              Begins
            </th>
          </tr>
        </thead>
        <tbody>
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
        </tbody>
      </table>
      {children}
    </section>
  );
}
