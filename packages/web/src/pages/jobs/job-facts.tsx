import type { JobView } from '@viaduct/contracts';
import { isOver } from '../../api/jobs-client.ts';
import { transferFileUrl } from '../../api/transfers-client.ts';
import { Age } from '../../ui/age.tsx';
import { ButtonLink } from '../../ui/button-link.tsx';
import facts from '../../ui/facts.module.css';
import { formatDuration, formatMoment } from '../../ui/format.ts';
import { TextBlock } from '../../ui/text-block.tsx';
import { describeJob } from './job-words.ts';
import classes from './jobs.module.css';

/** What was asked: the deed and the condition, in full; and when. */
export function JobFacts({ job }: { readonly job: JobView }) {
  const deed = job.method ?? job.update;
  return (
    <div className={classes.grid}>
      <section className="card" aria-label="Times">
        <dl className={facts.facts}>
          <Fact title="What it does">{describeJob(job)}</Fact>
          <Fact title="Made">
            <Age at={job.createdTime} />
          </Fact>
          <Fact title={job.startedTime === null ? 'Begins' : 'Began'}>
            {job.startedTime === null ? (
              formatMoment(new Date(job.startTime).toISOString())
            ) : (
              <Age at={job.startedTime} />
            )}
          </Fact>
          {job.endedTime !== null && (
            <Fact title="Ended">
              <Age at={job.endedTime} />
            </Fact>
          )}
          {job.startedTime !== null && job.endedTime !== null && (
            <Fact title="Took">{formatDuration(Math.ceil((job.endedTime - job.startedTime) / 1_000))}</Fact>
          )}
          {job.maxExecutionSeconds !== null && <Fact title="At most">{formatDuration(job.maxExecutionSeconds)}</Fact>}
          {job.container !== null && (
            <Fact title="File">
              <TransferFile job={job} container={job.container} />
            </Fact>
          )}
        </dl>
      </section>
      {deed !== null && (
        <section className="card" aria-label="What was asked">
          {job.condition !== null && (
            <>
              <p className={classes.description}>On devices that fit</p>
              <TextBlock text={job.condition === '*' ? 'all devices' : job.condition} label="Condition" />
              {job.condition !== '*' && !/^\s*from\b/i.test(job.condition) && (
                <ButtonLink
                  mt={6}
                  size="compact-xs"
                  variant="default"
                  to="/query"
                  search={{ q: `SELECT * FROM devices WHERE ${job.condition}` }}
                >
                  Show them now
                </ButtonLink>
              )}
            </>
          )}
          <p className={classes.description}>
            {job.method === null ? 'This is merged into each twin' : 'This is called'}
          </p>
          <TextBlock text={JSON.stringify(deed, null, 2)} label="Deed as JSON" />
        </section>
      )}
    </div>
  );
}

/** An export's devices once it is through; the lines that an import refused, if any. */
function TransferFile({ job, container }: { readonly job: JobView; readonly container: string }) {
  const isThere = job.type === 'export' ? job.status === 'completed' : isOver(job.status) && job.counts.failed > 0;
  if (!isThere || !container.endsWith('/hub-jobs')) return <span className="mono">{container}</span>;
  return (
    <a href={transferFileUrl(job.jobId)} download>
      {job.type === 'export' ? 'Download the devices' : 'Download what was refused'}
    </a>
  );
}

function Fact({ title, children }: { readonly title: string; readonly children: React.ReactNode }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  );
}
