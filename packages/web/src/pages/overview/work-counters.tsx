import { Skeleton } from '@mantine/core';
import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { jobsQuery } from '../../api/jobs-client.ts';
import { routingQuery } from '../../api/routing-client.ts';
import { endpointsWords } from './endpoints-words.ts';
import classes from './overview.module.css';

/** What is under way, and whether messages reach those they are sent on to; each leads to its page. */
export function WorkCounters() {
  const jobs = useInfiniteQuery(jobsQuery('running'));
  const routing = useQuery(routingQuery);
  const running = jobs.data?.pages[0];
  const endpoints = routing.data === undefined ? undefined : endpointsWords(routing.data.endpoints);
  return (
    <>
      <div className={`card ${classes.counter}`}>
        <dt>
          <Link to="/jobs" search={{ status: 'running' }}>
            Jobs running
          </Link>
        </dt>
        <dd>
          {running === undefined ? (
            <Skeleton height={30} width={60} />
          ) : (
            `${running.items.length}${running.cursor === undefined ? '' : '+'}`
          )}
        </dd>
      </div>
      <div className={`card ${classes.counter}`}>
        <dt>
          <Link to="/routing">Endpoints</Link>
        </dt>
        <dd data-bad={endpoints?.isBad || undefined}>
          {endpoints === undefined ? <Skeleton height={30} width={90} /> : endpoints.words}
        </dd>
      </div>
    </>
  );
}
