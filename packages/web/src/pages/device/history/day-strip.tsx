import type { ConnectionHistory } from '@viaduct/contracts';
import { formatClock } from '../../../ui/format.ts';
import { useNow } from '../../../ui/use-now.ts';
import { connectionStrip, stripWords } from './connection-strip.ts';
import classes from './history.module.css';

const DAY_MS = 86_400_000;
/** Marks every so many hours. */
const MARK_HOURS = 6;
const WIDTH = 1_000;
const HEIGHT = 26;
/** Even a stay of a second should be seen. */
const PIECE_WIDTH_MIN = 3;

/** The last day at a glance: a bar where it was connected, hatched where that is not known. */
export function DayStrip({ history }: { readonly history: ConnectionHistory }) {
  const nowMs = useNow();
  const summary = connectionStrip(history, nowMs, DAY_MS);
  const words = stripWords(summary, 'last 24 hours');
  return (
    <section className="card" aria-label="The last 24 hours">
      <p className={classes.summary}>{words}</p>
      <svg
        className={classes.strip}
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={words}
      >
        <rect className={classes.absent} width={WIDTH} height={HEIGHT} />
        {summary.pieces.map(({ kind, from, to }) => {
          const width = Math.max(PIECE_WIDTH_MIN, (to - from) * WIDTH);
          const x = Math.min(from * WIDTH, WIDTH - width);
          return <rect key={`${kind} ${from}`} className={classes[kind]} x={x} width={width} height={HEIGHT} />;
        })}
      </svg>
      <div className={classes.marks} aria-hidden="true">
        {[4, 3, 2, 1, 0].map((mark) => (
          <span key={mark} className="number">
            {mark === 0 ? 'now' : formatClock(nowMs - mark * MARK_HOURS * 3_600_000).slice(0, 5)}
          </span>
        ))}
      </div>
    </section>
  );
}
