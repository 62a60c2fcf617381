import { useComputedColorScheme } from '@mantine/core';
import type { LiveChart } from '../live/live-field.ts';
import { CHART_STYLES, lineColour, lineDash } from './chart-style.ts';
import classes from './charts.module.css';
import { lineText } from './format-reading.ts';
import { LineMark } from './line-mark.tsx';
import type { CursorReading } from './plot-options.ts';

interface ChartLegendProps {
  readonly chart: LiveChart;
  readonly cursor: CursorReading | null;
  readonly decimalPlaces: number | undefined;
  readonly onFocus: (index: number | null) => void;
}

/** Names and last values of the lines; pointing at one, or reaching it by keyboard, dims the others. */
export function ChartLegend({ chart, cursor, decimalPlaces, onFocus }: ChartLegendProps) {
  const style = CHART_STYLES[useComputedColorScheme('light')];
  return (
    <ul className={classes.legend}>
      {chart.buffer.lines.map((line, index) => {
        return (
          <li key={line}>
            <button
              type="button"
              className={classes.entry}
              onMouseEnter={() => onFocus(index)}
              onMouseLeave={() => onFocus(null)}
              onFocus={() => onFocus(index)}
              onBlur={() => onFocus(null)}
            >
              <LineMark colour={lineColour(style, index)} dash={lineDash(index)} />
              <span className={classes.lineTitle}>{chart.lineTitles.get(line) ?? line}</span>
              <span className={classes.lineValue}>{lineText(chart, line, index, cursor, decimalPlaces)}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
