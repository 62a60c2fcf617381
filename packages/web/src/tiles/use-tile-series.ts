import type {
  QueryRange,
  SeriesAnswer,
  SeriesRequest,
  SeriesSource,
  TileCapability,
  TileData,
  TimeRange,
} from '@viaduct/contracts';
import { useMemo } from 'react';
import { liveHub } from '../live/live-hub.ts';
import { type Measure, NO_MEASURE, shownAnswer } from '../model/measure.ts';
import { type Span, spanOf } from '../time-range/time-choice.ts';
import type { PlotLine } from './align-lines.ts';
import { plotLines } from './plot-lines.ts';
import { type ResolvedSource, rangeOf, resolveSource } from './tile-source.ts';
import { useTileSurroundings } from './tile-surroundings.ts';
import { type CapabilityFacts, useCapabilityFacts } from './use-capability-facts.ts';
import { useGoneDevice } from './use-gone-device.ts';
import { type SeriesAsk, useSeries } from './use-series.ts';

export type RangedData = Partial<TileData> & { readonly queryRange?: QueryRange };

export interface TileSeries {
  readonly capabilities: readonly TileCapability[];
  /** What the model says of each. */
  readonly facts: CapabilityFacts;
  /** Of what is asked of each, in their order. */
  readonly measures: readonly Measure[];
  /** One a capability, in their order; in the units in which they are shown. */
  readonly answers: readonly (SeriesAnswer | null)[];
  readonly lines: readonly PlotLine[];
  readonly span: Span;
  readonly range: TimeRange;
  readonly isPending: boolean;
  readonly problem: Error | null;
  /** It is about one device, which needs no name in each line. */
  readonly isOne: boolean;
  /** Title of a variable that the tile refers to and that has no value yet. */
  readonly missing: string | null;
  /** The one device it is about, where there is none of this name. */
  readonly gone: string | null;
}

interface Wish {
  readonly aggregate?: SeriesRequest['aggregate'] | undefined;
  readonly newest?: number | undefined;
  readonly pointsMax?: number;
  readonly splitBy?: 'device';
  /** Instead of the page's or the tile's. */
  readonly range?: TimeRange;
}

/** For what was said last: nobody asks what was said a year ago. */
export const FAR_BACK: TimeRange = { kind: 'last', duration: 'P30D' };
const NOBODY: SeriesSource = { kind: 'devices', deviceIds: [] };
/** So many points fill the width of a tile. */
const POINTS = 300;
const NO_CAPABILITIES: readonly TileCapability[] = [];

/** The history a tile shows, by its configuration and the page's variables and time. */
export function useTileSeries(configuration: RangedData, wish: Wish = {}): TileSeries {
  const { variables, range: ofPage, isLive, refreshSeconds } = useTileSurroundings();
  const resolved = resolveSource(configuration, variables);
  const range = wish.range ?? rangeOf(configuration.queryRange, ofPage);
  const capabilities = configuration.capabilities ?? NO_CAPABILITIES;
  const asks =
    resolved.kind === 'missing' ? [] : capabilities.map((one) => askOf(one, configuration, resolved, wish, ofPage));
  const { answers: sent, isPending, problem } = useSeries(asks, range, { isLive, refreshSeconds });
  const named = resolved.kind === 'source' && resolved.source.kind === 'devices' ? resolved.source.deviceIds : [];
  const isOne = named.length === 1;
  const gone = useGoneDevice(isOne ? (named[0] ?? '') : '');
  const facts = useCapabilityFacts(resolved.kind === 'source' ? resolved.source : NOBODY, sent);
  const { queryRange } = configuration;
  const { aggregate, newest } = wish;
  const measures = useMemo(
    () => capabilities.map((one) => facts(one.capability, aggregateOf(one, queryRange, { aggregate, newest })).measure),
    [capabilities, facts, queryRange, aggregate, newest],
  );
  const answers = useMemo(
    () => sent.map((answer, index) => shownAnswer(answer, measures[index] ?? NO_MEASURE)),
    [sent, measures],
  );
  const lines = useMemo(
    () => linesOf(configuration, answers, { facts, measures, isOne }),
    [configuration, answers, facts, measures, isOne],
  );
  return {
    capabilities,
    facts,
    measures,
    answers,
    lines,
    span: spanOfAnswers(answers, range),
    range,
    isPending: isPending && asks.length > 0,
    problem: problem ?? problemOf(answers),
    isOne,
    missing: resolved.kind === 'missing' ? resolved.title : null,
    gone,
  };
}

function askOf(
  capability: TileCapability,
  { queryRange, extension }: RangedData,
  resolved: ResolvedSource,
  wish: Wish,
  ofPage: TimeRange | null,
): SeriesAsk {
  const newest = newestOf(queryRange, wish);
  const isSplit =
    extension?.splitBy === undefined ? resolved.kind === 'source' && resolved.isSplit : extension.splitBy === 'device';
  const splitBy = wish.splitBy ?? (isSplit ? 'device' : undefined);
  // The resolution that was chosen fits the tile's own time only.
  const resolution =
    queryRange?.type === 'time' && ofPage === null && wish.aggregate !== 'none' ? queryRange.resolution : undefined;
  return {
    source: resolved.kind === 'source' ? resolved.source : NOBODY,
    name: capability.capability,
    aggregate: aggregateOf(capability, queryRange, wish),
    pointsMax: wish.pointsMax ?? POINTS,
    ...(newest === undefined ? {} : { newest }),
    ...(splitBy === undefined ? {} : { splitBy }),
    ...(resolution === undefined ? {} : { resolution }),
  };
}

function newestOf(queryRange: QueryRange | undefined, wish: Wish): number | undefined {
  return wish.newest ?? (queryRange?.type === 'count' ? queryRange.count : undefined);
}

function aggregateOf(
  { aggregateFunction }: TileCapability,
  queryRange: QueryRange | undefined,
  wish: Wish,
): SeriesAsk['aggregate'] {
  return wish.aggregate ?? (newestOf(queryRange, wish) === undefined ? aggregateFunction : 'none');
}

function linesOf(
  { capabilities = NO_CAPABILITIES, extension = {} }: RangedData,
  answers: readonly (SeriesAnswer | null)[],
  { facts, measures, isOne }: Pick<TileSeries, 'facts' | 'measures' | 'isOne'>,
): readonly PlotLine[] {
  return capabilities.flatMap(({ capability }, index) => {
    const { title } = facts(capability);
    const { unit = null } = measures[index] ?? NO_MEASURE;
    const lines = plotLines(answers[index] ?? null, title, { unit });
    return lines.map((line) => {
      const deviceId = line.key.slice(title.length + 1);
      const colour =
        extension.colors?.[`${capability}/${deviceId}`] ??
        (lines.length === 1 ? extension.colors?.[capability] : undefined);
      const band = extension.showEnvelope === false ? { min: undefined, max: undefined } : {};
      // One device that was named needs no name in each line.
      const label = isOne ? { label: title } : {};
      return { ...line, ...label, ...band, ...(colour === undefined ? {} : { colour }) };
    });
  });
}

/** As the server saw it; its clock is the one that the points are stamped with. */
function spanOfAnswers(answers: readonly (SeriesAnswer | null)[], range: TimeRange): Span {
  const answer = answers.find((one) => one !== null && one.problem === undefined);
  return answer == null
    ? spanOf(range, liveHub.nowMs())
    : { fromMs: Date.parse(answer.from), toMs: Date.parse(answer.to) };
}

function problemOf(answers: readonly (SeriesAnswer | null)[]): Error | null {
  const problem = answers.find((answer) => answer?.problem !== undefined)?.problem;
  return problem === undefined ? null : new RequestProblem(problem.message);
}

/** Why one request of the batch has no answer, while the others have. */
class RequestProblem extends Error {}
