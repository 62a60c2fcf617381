import { useComputedColorScheme } from '@mantine/core';
import { CHART_STYLES } from '../charts/chart-style.ts';
import chartClasses from '../charts/charts.module.css';
import { LineMark } from '../charts/line-mark.tsx';
import type { PlotLine } from './align-lines.ts';
import classes from './series-chart.module.css';
import { colourOf, dashOf } from './series-options.ts';

interface SeriesLegendProps {
  readonly lines: readonly PlotLine[];
  readonly hidden: ReadonlySet<string>;
  /** The value of each line under the crosshair, or its latest. */
  readonly texts: readonly string[];
  readonly onToggle: (key: string) => void;
  readonly onFocus: (index: number | null) => void;
}

/** Names and values of the lines. Pressing one switches it off or on; pointing at one dims the others. */
export function SeriesLegend({ lines, hidden, texts, onToggle, onFocus }: SeriesLegendProps) {
  const style = CHART_STYLES[useComputedColorScheme('light')];
  return (
    <ul className={classes.legend}>
      {lines.map((line, index) => (
        <li key={line.key}>
          <button
            type="button"
            className={`${chartClasses.entry} ${classes.entry}`}
            aria-pressed={!hidden.has(line.key)}
            title={line.label}
            onClick={() => onToggle(line.key)}
            onMouseEnter={() => onFocus(index)}
            onMouseLeave={() => onFocus(null)}
            onFocus={() => onFocus(index)}
            onBlur={() => onFocus(null)}
          >
            <LineMark colour={colourOf(line, index, style)} dash={dashOf(line, index)} />
            <span className={chartClasses.lineTitle}>{line.label}</span>
            <span className={chartClasses.lineValue}>{texts[index]}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
