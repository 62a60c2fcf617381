import { useInfiniteQuery } from '@tanstack/react-query';
import type { EnrollmentKindName } from '@viaduct/contracts';
import { attemptsQuery } from '../../api/provisioning-client.ts';
import { ButtonLink } from '../../ui/button-link.tsx';
import tables from '../../ui/data-table.module.css';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { AttemptList } from './attempt-list.tsx';
import classes from './provisioning.module.css';

const SHOWN_MAX = 10;

/** The latest attempts that this enrolment was asked about. */
export function EnrollmentAttempts({ kind, id }: { readonly kind: EnrollmentKindName; readonly id: string }) {
  const attempts = useInfiniteQuery(attemptsQuery({ kind, enrollmentId: id }));
  const items = (attempts.data?.pages[0]?.items ?? []).slice(0, SHOWN_MAX);
  return (
    <section className={`card ${tables.frame}`} aria-labelledby="attempts">
      <div className={classes.cardHead}>
        <h2 id="attempts">Latest attempts</h2>
        <ButtonLink size="compact-sm" variant="default" to="/attempts" search={{ kind, enrollmentId: id }}>
          Show all
        </ButtonLink>
      </div>
      {attempts.isError && <ProblemAlert error={attempts.error} onRetry={() => void attempts.refetch()} />}
      {attempts.isSuccess && items.length === 0 && (
        <p className={classes.note}>
          None that is still kept. An attempt that no enrolment fits is among those of all.
        </p>
      )}
      <AttemptList attempts={items} />
    </section>
  );
}
