/** How lines are told apart: by colour, by dashes, and by the legend, which names and singles out each. */
export interface ChartStyle {
  readonly lines: readonly string[];
  readonly grid: string;
  readonly text: string;
}

/** At least 3:1 against the card in its scheme, and apart from each other for the colour-blind by lightness too. */
export const CHART_STYLES: Readonly<Record<'light' | 'dark', ChartStyle>> = {
  light: {
    lines: ['#0e7a6e', '#c2570c', '#3451b2', '#8e3fbf', '#b01e63', '#5d7a0c', '#0879a8', '#6d5743'],
    grid: '#e6ebea',
    text: '#55625f',
  },
  dark: {
    lines: ['#4fd1c0', '#f5a25d', '#8fabff', '#cf9bf5', '#f48bb8', '#b3d14f', '#66c3ee', '#d0b99c'],
    grid: '#273231',
    text: '#a0adaa',
  },
};

const DASHES: readonly number[][] = [[], [7, 3], [2, 3], [10, 3, 2, 3]];

export function lineColour(style: ChartStyle, index: number): string {
  return style.lines[index % style.lines.length] ?? style.text;
}

export function lineDash(index: number): number[] {
  return DASHES[index % DASHES.length] ?? [];
}
