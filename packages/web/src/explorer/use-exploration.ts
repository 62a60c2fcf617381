import type { ExplorationView, SeriesAnswer } from '@viaduct/contracts';
import { useMemo } from 'react';
import { shownAnswer } from '../model/measure.ts';
import type { PlotLine } from '../tiles/align-lines.ts';
import { plotLines } from '../tiles/plot-lines.ts';
import { useCapabilityFacts } from '../tiles/use-capability-facts.ts';
import { type SeriesAsk, useSeries } from '../tiles/use-series.ts';

export interface ExplorationSeries {
  readonly asks: readonly SeriesAsk[];
  readonly answers: readonly (SeriesAnswer | null)[];
  readonly lines: readonly PlotLine[];
  readonly isPending: boolean;
  readonly problem: Error | null;
}

/** About so many points fill a screen. */
const POINTS = 1_000;

/** The lines of a view, asked for together. */
export function useExploration(view: ExplorationView, isLive = false, pointsMax = POINTS): ExplorationSeries {
  const asks = asksOf(view, pointsMax);
  const { answers, isPending, problem } = useSeries(asks, view.range, { isLive });
  const facts = useCapabilityFacts(view.source, answers);
  const lines = useMemo(() => {
    return view.lines.flatMap(({ path, aggregate }, index) => {
      const { title, unit, measure } = facts(path, aggregate);
      const isTwice = view.lines.filter((line) => line.path === path).length > 1;
      return plotLines(shownAnswer(answers[index] ?? null, measure), isTwice ? `${title}, ${aggregate}` : title, {
        unit,
      });
    });
  }, [view, answers, facts]);
  return { asks, answers, lines, isPending: isPending && asks.length > 0, problem: problem ?? refusalOf(answers) };
}

function asksOf({ source, lines, splitBy, resolution }: ExplorationView, pointsMax: number): readonly SeriesAsk[] {
  return lines.map(({ path, aggregate }) => ({
    ...{ source, name: path, aggregate, pointsMax },
    ...(splitBy !== undefined && { splitBy }),
    ...(resolution !== undefined && aggregate !== 'none' && { resolution }),
  }));
}

function refusalOf(answers: readonly (SeriesAnswer | null)[]): Error | null {
  const refused = answers.find((answer) => answer?.problem !== undefined)?.problem;
  return refused === undefined ? null : new Error(refused.message);
}
