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
  const silences = lines.map(silencesOf);
  const times = [...new Set([...lines.flatMap((line) => line.times), ...silences.flat()])].sort((a, b) => a - b);
  const places = new Map(times.map((time, place) => [time, place]));
  const column = (line: PlotLine, index: number, values: readonly (number | null)[] | undefined): Column => {
    const cells: Column = new Array(times.length).fill(undefined);
    // An empty bucket between two that are not far apart is no silence: the device speaks less often than that.
    line.times.forEach((time, at) => {
      cells[places.get(time) ?? 0] = values?.[at] ?? undefined;
    });
    for (const time of silences[index] ?? []) cells[places.get(time) ?? 0] = null;
    return cells;
  };
  return {
    times: times.map((time) => time / 1_000),
    values: lines.map((line, index) => column(line, index, line.values)),
    lows: lines.map((line, index) => column(line, index, line.min)),
    highs: lines.map((line, index) => column(line, index, line.max)),
  };
}

/** Moments, just after the last that was said, from which a line is silent for long. */
function silencesOf(line: PlotLine): readonly number[] {
  const gapMs = gapOf(line);
  const spoken = spokenTimes(line);
  return spoken.filter((time, at) => (spoken[at + 1] ?? time) - time > gapMs).map((time) => time + 1);
}

function spokenTimes({ times, values }: PlotLine): readonly number[] {
  return times.filter((_time, at) => values[at] !== null && values[at] !== undefined);
}

function gapOf(line: PlotLine): number {
  const spoken = spokenTimes(line);
  const steps = spoken.slice(1).map((time, index) => time - (spoken[index] ?? 0));
  const usual = steps.sort((a, b) => a - b)[steps.length >> 1];
  return usual === undefined ? Number.POSITIVE_INFINITY : Math.max(1_000, usual * GAP_INTERVALS);
}
