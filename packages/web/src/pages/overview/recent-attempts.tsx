import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { attemptsQuery } from '../../api/provisioning-client.ts';
import { Age } from '../../ui/age.tsx';
import classes from './overview.module.css';

const SHOWN = 5;

/** Who was turned away lately, and why; nothing where nobody was. */
export function RecentAttempts() {
  const attempts = useInfiniteQuery(attemptsQuery({ outcome: 'refused' }));
  const rows = (attempts.data?.pages[0]?.items ?? []).slice(0, SHOWN);
  if (rows.length === 0) return null;
  return (
    <section className="card" aria-labelledby="refused">
      <h2 id="refused" className={classes.heading}>
        <Link to="/attempts" search={{ outcome: 'refused' }}>
          Refused lately
        </Link>
      </h2>
      <ul className={classes.list}>
        {rows.map((attempt) => (
          <li key={attempt.id}>
            <Link to="/attempts" search={{ registrationId: attempt.registrationId ?? undefined }}>
              {attempt.registrationId ?? 'without an id'}
            </Link>
            <span className={classes.why}>{attempt.message}</span>
            <span className={classes.at}>
              <Age at={new Date(attempt.time).toISOString()} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
