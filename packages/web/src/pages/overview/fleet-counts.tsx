import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { DirectoryState } from '@viaduct/contracts';
import { directorySampleQuery } from '../../api/directory-client.ts';
import { formatNumber } from '../../ui/format.ts';
import classes from './overview.module.css';

const COUNTED = [
  ['waiting', 'waiting for approval'],
  ['disabled', 'blocked'],
  ['unassigned', 'without a model'],
  ['simulated', 'simulated'],
] as const satisfies readonly (readonly [DirectoryState, string])[];
const REFRESH_MS = 15_000;

/** Devices by state: only of what there is any, each leading to them. */
export function FleetCounts() {
  return (
    <ul className={classes.counts} aria-label="Devices by state">
      {COUNTED.map(([state, words]) => (
        <Count key={state} state={state} words={words} />
      ))}
    </ul>
  );
}

function Count({ state, words }: { readonly state: DirectoryState; readonly words: string }) {
  const found = useQuery({ ...directorySampleQuery({ state, limit: 1 }), refetchInterval: REFRESH_MS });
  const total = found.data?.total ?? 0;
  if (total === 0) return null;
  return (
    <li>
      <Link to="/devices" search={{ state }}>
        <strong>{formatNumber(total)}</strong> {words}
      </Link>
    </li>
  );
}
