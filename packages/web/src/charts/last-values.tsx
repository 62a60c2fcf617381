import type { LastValue } from '../live/device-feed.ts';
import { Age } from '../ui/age.tsx';
import classes from './charts.module.css';

/** What has no chart: texts, states, places. */
export function LastValues({ values }: { readonly values: readonly LastValue[] }) {
  if (values.length === 0) return null;
  return (
    <section className="card" aria-label="Last values">
      <dl className={classes.lastValues}>
        {values.map((value) => (
          <div key={value.key}>
            <dt>
              {value.title} · <Age at={value.at} />
            </dt>
            <dd>{value.text}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
