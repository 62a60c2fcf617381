import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { directorySampleQuery } from '../../api/directory-client.ts';
import { Age } from '../../ui/age.tsx';
import { PresenceBadge } from '../../ui/presence-badge.tsx';
import classes from './overview.module.css';

const SHOWN = 6;

/** Who came last. */
export function NewestDevices() {
  const newest = useQuery(directorySampleQuery({ orderBy: 'createdTime', order: 'desc', limit: SHOWN }));
  const rows = newest.data?.items ?? [];
  if (rows.length === 0) return null;
  return (
    <section className="card" aria-labelledby="newest">
      <h2 id="newest" className={classes.heading}>
        Newest devices
      </h2>
      <ul className={classes.list}>
        {rows.map((row) => (
          <li key={row.deviceId}>
            <Link to="/devices/$deviceId" params={{ deviceId: row.deviceId }}>
              {row.displayName}
            </Link>
            <PresenceBadge connected={row.connected} status={row.status} />
            <span className={classes.at}>
              <Age at={row.createdAt} />
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
