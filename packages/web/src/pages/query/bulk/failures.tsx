import classes from '../query.module.css';

const SHOWN_MAX = 20;

interface FailuresProps {
  readonly failures: readonly { readonly name: string; readonly message: string }[];
  readonly total: number;
}

/** Who it did not work for, and why. */
export function Failures({ failures, total }: FailuresProps) {
  if (total === 0) return null;
  const shown = failures.slice(0, SHOWN_MAX);
  return (
    <section aria-label="Failed">
      <ul className={classes.failures}>
        {shown.map(({ name, message }) => (
          <li key={name}>
            <strong>{name}</strong> <span className="quiet">{message}</span>
          </li>
        ))}
      </ul>
      {total > shown.length && <p className={classes.note}>and {(total - shown.length).toLocaleString('en')} more</p>}
    </section>
  );
}
