import type { Connectivity, ConnectivityDay } from '@viaduct/contracts';
import { formatMoment } from '../../../ui/format.ts';
import classes from './connections.module.css';
import { connectivityWords, shareWords, sumOf } from './connectivity-words.ts';

const DAY_SECONDS = 86_400;
const HEIGHT = 18;
/** Even a stay of a second should be seen, in seconds of the day. */
const STAY_SECONDS_MIN = 200;
const KEY = [
  ['online', 'online'],
  ['offline', 'offline'],
  ['unknown', 'not known'],
] as const;

/** A day a row: when it was online, how much of the time, and how often it came. */
export function ConnectivityTable({ connectivity }: { readonly connectivity: Connectivity }) {
  const { days, knownSince } = connectivity;
  return (
    <>
      <p className={classes.summary}>{connectivityWords(connectivity)}</p>
      <table className={classes.days}>
        <caption className="hidden-visually">When it was online, by days of UTC</caption>
        <thead>
          <tr>
            <th scope="col">Day (UTC)</th>
            <th scope="col">
              <span className={classes.marks}>
                <span>0:00</span>
                <span>12:00</span>
                <span>24:00</span>
              </span>
            </th>
            <th scope="col" data-column="number">
              Online
            </th>
            <th scope="col" data-column="number">
              Came
            </th>
          </tr>
        </thead>
        <tbody>
          {days.toReversed().map((day) => (
            <tr key={day.date}>
              <th scope="row" className="number">
                {day.date}
              </th>
              <td>
                <Band day={day} />
              </td>
              <td className="number" data-column="number">
                {shareWords(sumOf([day]).share)}
              </td>
              <td className="number" data-column="number">
                {day.knownSeconds === 0 ? '–' : day.connects}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={classes.key} aria-hidden="true">
        {KEY.map(([kind, word]) => (
          <span key={kind}>
            <svg width="10" height="10" aria-hidden="true">
              <rect className={classes[kind]} width="10" height="10" rx="2" />
            </svg>
            {word}
          </span>
        ))}
      </p>
      {knownSince !== null && <p className={classes.facts}>Known since {formatMoment(knownSince)}.</p>}
    </>
  );
}

/** What is not over yet is left empty. */
function Band({ day: { elapsedSeconds, knownSeconds, online } }: { readonly day: ConnectivityDay }) {
  const unknownSeconds = elapsedSeconds - knownSeconds;
  return (
    <svg
      className={classes.band}
      viewBox={`0 0 ${DAY_SECONDS} ${HEIGHT}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={online.length === 0 ? 'never online' : online.slice(0, STAYS_NAMED_MAX).map(stayWords).join(', ')}
    >
      <rect className={classes.offline} width={elapsedSeconds} height={HEIGHT} />
      {unknownSeconds > 0 && <rect className={classes.unknown} width={unknownSeconds} height={HEIGHT} />}
      {online.map(([from, to]) => (
        <rect
          key={from}
          className={classes.online}
          x={Math.min(from, DAY_SECONDS - STAY_SECONDS_MIN)}
          width={Math.max(STAY_SECONDS_MIN, to - from)}
          height={HEIGHT}
        >
          <title>{stayWords([from, to])}</title>
        </rect>
      ))}
    </svg>
  );
}

/** So many stays of a day are told to who does not see them; the list below has each. */
const STAYS_NAMED_MAX = 8;

function stayWords([from, to]: readonly [number, number]): string {
  return `online from ${clock(from)} to ${clock(to)}`;
}

function clock(seconds: number): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${two(Math.floor(seconds / 3_600))}:${two(Math.floor((seconds % 3_600) / 60))}`;
}
