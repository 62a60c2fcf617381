import { Progress } from '@mantine/core';
import type { ConfigurationRow } from '@viaduct/contracts';
import classes from './configurations.module.css';

/** Of those it reaches, how many have it; and what is in the way. */
export function ConfigurationCounts({ row }: { readonly row: ConfigurationRow }) {
  const { id, targetedCount, appliedCount, failedCount, progress } = row;
  const share = (part: number) => (targetedCount === 0 ? 0 : (part / targetedCount) * 100);
  return (
    <div className={classes.counts}>
      <Progress.Root size={8} aria-label={`Applied of ${id}`}>
        <Progress.Section value={share(appliedCount)} color="verdigris.7" aria-label="applied" />
        <Progress.Section value={share(failedCount)} color="red.6" aria-label="failed" />
      </Progress.Root>
      <span className={classes.figures}>
        {appliedCount.toLocaleString('en')} of {targetedCount.toLocaleString('en')}
        {failedCount > 0 && <span className="danger">, {failedCount.toLocaleString('en')} failed</span>}
        {progress !== null && `, looking (${progress.seenCount.toLocaleString('en')} so far)`}
      </span>
    </div>
  );
}
