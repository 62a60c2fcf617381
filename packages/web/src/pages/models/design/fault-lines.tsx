import type { ModelFault } from '@viaduct/contracts';
import classes from '../models.module.css';

/** What is wrong with an element, beside it. */
export function FaultLines({ faults }: { readonly faults: readonly ModelFault[] }) {
  return (
    <ul className={classes.faultLines} aria-live="polite" hidden={faults.length === 0}>
      {[...new Set(faults.map(({ message }) => message))].map((message) => (
        <li key={message}>{message}</li>
      ))}
    </ul>
  );
}
