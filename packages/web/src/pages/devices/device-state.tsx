import type { DirectoryRow } from '@viaduct/contracts';
import { PresenceBadge } from '../../ui/presence-badge.tsx';
import classes from './devices.module.css';

/** Whether it is there; and what else one should know before one wonders: made up, or waiting to be let in. */
export function DeviceState({ row }: { readonly row: DirectoryRow }) {
  return (
    <span className={classes.state}>
      <PresenceBadge connected={row.connected} status={row.status} />
      {!row.approved && <span className={classes.mark}>Waiting for approval</span>}
      {row.simulated && <span className={classes.mark}>Simulated</span>}
    </span>
  );
}
