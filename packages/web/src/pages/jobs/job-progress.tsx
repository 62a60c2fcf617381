import { Progress } from '@mantine/core';
import type { JobView } from '@viaduct/contracts';
import classes from './jobs.module.css';

/** How far it is: done and failed in one bar, and the figures beside it. */
export function JobProgress({ job }: { readonly job: JobView }) {
  const { devices, completed, failed } = job.counts;
  const share = (part: number) => (devices === 0 ? 0 : (part / devices) * 100);
  const settled = completed + failed + job.counts.cancelled;
  return (
    <div className={classes.progress}>
      <Progress.Root size={8} aria-label={`Progress of ${job.jobId}`}>
        <Progress.Section
          value={devices === 0 ? job.progress : share(completed)}
          color="verdigris.7"
          aria-label="done"
        />
        <Progress.Section value={share(failed)} color="red.6" aria-label="failed" />
      </Progress.Root>
      <span className={classes.figures}>
        {devices === 0 ? `${job.progress} %` : `${settled.toLocaleString('en')} of ${devices.toLocaleString('en')}`}
      </span>
    </div>
  );
}
