import { useComputedColorScheme } from '@mantine/core';
import { CHART_STYLES, lineColour } from '../charts/chart-style.ts';
import type { Span } from '../time-range/time-choice.ts';
import { formatMoment } from '../ui/format.ts';
import classes from './tiles.module.css';
import { bucketWords } from './time-words.ts';

interface BandPart {
  readonly fromMs: number;
  /** Like `fromMs` for what has no length: an event. */
  readonly toMs: number;
  readonly value: string;
}

export interface Band {
  readonly key: string;
  readonly label: string;
  readonly parts: readonly BandPart[];
}

const WIDTH = 1_000;
/** An event is this wide at least, to be seen. */
const PART_MIN = 3;
const VALUES_SHOWN = 12;

/** Rows of time, a part coloured by its value; the values are named below, and listed for who does not see them. */
export function TimeBands({
  label,
  bands,
  span,
}: {
  readonly label: string;
  readonly bands: readonly Band[];
  readonly span: Span;
}) {
  const style = CHART_STYLES[useComputedColorScheme('light')];
  const values = [...new Set(bands.flatMap(({ parts }) => parts.map(({ value }) => value)))].sort();
  const x = (atMs: number) =>
    Math.min(WIDTH, Math.max(0, ((atMs - span.fromMs) / (span.toMs - span.fromMs || 1)) * WIDTH));
  return (
    <figure className={classes.bands} aria-label={label} style={{ margin: 0 }}>
      {bands.map((band) => (
        <div key={band.key} className={classes.band}>
          <span className={classes.bandLabel} title={band.label}>
            {band.label}
          </span>
          <svg className={classes.strip} viewBox={`0 0 ${WIDTH} 20`} preserveAspectRatio="none" aria-hidden="true">
            {band.parts.map(({ fromMs, toMs, value }, index) => (
              <rect
                // biome-ignore lint/suspicious/noArrayIndexKey: two events of one moment may say the same
                key={`${fromMs} ${index}`}
                x={x(fromMs)}
                y="0"
                width={Math.max(PART_MIN, x(toMs) - x(fromMs))}
                height="20"
                fill={lineColour(style, values.indexOf(value))}
              >
                <title>{`${value}, ${formatMoment(new Date(fromMs).toISOString())}`}</title>
              </rect>
            ))}
          </svg>
        </div>
      ))}
      <div className={classes.ends}>
        <span>{bucketWords(span.fromMs, span)}</span>
        <span>{bucketWords(span.toMs, span)}</span>
      </div>
      <ul className={classes.keys}>
        {values.slice(0, VALUES_SHOWN).map((value, index) => (
          <li key={value} className={classes.key}>
            <svg width="10" height="10" aria-hidden="true">
              <rect width="10" height="10" rx="2" fill={lineColour(style, index)} />
            </svg>
            {value}
          </li>
        ))}
        {values.length > VALUES_SHOWN && <li className="quiet">and {values.length - VALUES_SHOWN} more</li>}
      </ul>
      <ul className="hidden-visually">
        {bands.map(({ key, label: name, parts }) => (
          <li key={key}>
            {name}: {parts.at(-1)?.value ?? 'nothing'} last, {parts.length} in this time
          </li>
        ))}
      </ul>
    </figure>
  );
}
