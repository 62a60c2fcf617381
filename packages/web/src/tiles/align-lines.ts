/** Lines of different times on one axis of times, as uPlot takes them. Pure. */
export interface PlotLine {
  /** Stable across refreshes. */
  readonly key: string;
  readonly label: string;
  readonly unit?: string | null;
  /** Overrides the palette. */
  readonly colour?: string | undefined;
  /** Drawn with dashes: the period before, a prediction. */
  readonly isDashed?: boolean;
  /** Ms since 1970, rising. */
  readonly times: readonly number[];
  readonly values: readonly (number | null)[];
  readonly min?: readonly (number | null)[] | undefined;
  readonly max?: readonly (number | null)[] | undefined;
}

type Column = (number | null | undefined)[];

export interface AlignedLines {
  /** Seconds. */
  readonly times: number[];
  /** Undefined: this line has no point here, draw through. Null: it was silent, break the line. */
  readonly values: Column[];
  readonly lows: Column[];
  readonly highs: Column[];
}

/** Silence of more than so many usual intervals breaks a line. */
const GAP_INTERVALS = 5;

export function alignLines(lines: readonly PlotLine[]): AlignedLines {
  const times = [...new Set(lines.flatMap((line) => line.times))].sort((a, b) => a - b);
  const places = new Map(times.map((time, place) => [time, place]));
  const column = (line: PlotLine, values: readonly (number | null)[] | undefined): Column => {
    const cells: Column = new Array(times.length).fill(undefined);
    const gapMs = gapOf(line);
    let lastMs = Number.NEGATIVE_INFINITY;
    line.times.forEach((time, index) => {
      const value = values?.[index] ?? null;
      const place = places.get(time) ?? 0;
      // An empty bucket between two that are not far apart is no silence: the device speaks less often than that.
      cells[place] = value ?? (time - lastMs > gapMs ? null : undefined);
      if (value === null) return;
      if (time - lastMs > gapMs && place > 0 && cells[place - 1] === undefined) cells[place - 1] = null;
      lastMs = time;
    });
    return cells;
  };
  return {
    times: times.map((time) => time / 1_000),
    values: lines.map((line) => column(line, line.values)),
    lows: lines.map((line) => column(line, line.min)),
    highs: lines.map((line) => column(line, line.max)),
  };
}

function gapOf({ times, values }: PlotLine): number {
  const spoken = times.filter((_time, index) => values[index] !== null && values[index] !== undefined);
  const steps = spoken.slice(1).map((time, index) => time - (spoken[index] ?? 0));
  const usual = steps.sort((a, b) => a - b)[steps.length >> 1];
  return usual === undefined ? Number.POSITIVE_INFINITY : Math.max(1_000, usual * GAP_INTERVALS);
}
