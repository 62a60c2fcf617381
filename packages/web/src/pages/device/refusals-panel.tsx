import { IconShieldX } from '@tabler/icons-react';
import type { Refusal } from '@viaduct/contracts';
import { Age } from '../../ui/age.tsx';
import { Words } from '../../ui/words.tsx';
import classes from './refusals-panel.module.css';

/** Why the device was turned away, newest first, and what to do about it. Nothing when it never was. */
export function RefusalsPanel({ refusals }: { readonly refusals: readonly Refusal[] }) {
  if (refusals.length === 0) return null;
  return (
    <section className="card" aria-labelledby="refusals">
      <h2 id="refusals" className={classes.title}>
        Recent refusals
      </h2>
      <ul className={classes.list}>
        {refusals.map((refusal) => (
          <li key={`${refusal.code} ${refusal.firstAt}`}>
            <IconShieldX size={18} stroke={1.8} aria-hidden="true" />
            <div>
              <p className={classes.message}>{refusal.message}</p>
              <p className={classes.advice}>
                <Words text={refusal.advice} />
              </p>
              <p className={classes.facts}>
                <Age at={refusal.at} />
                {refusal.count > 1 && (
                  <>
                    {' '}
                    · {refusal.count} times since <Age at={refusal.firstAt} />
                  </>
                )}
                {' · '}
                {refusal.transport} from {refusal.remoteAddress} · <span className="mono">{refusal.code}</span>
              </p>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
