import {
  type ExplorationLine,
  type ExplorationMarker,
  type ExplorationView,
  LIMITS,
  type SeriesSource,
  type TimeRange,
} from '@viaduct/contracts';
import { readRange, type TimeSearch, timeSearch, writeRange } from '../time-range/time-choice.ts';

/**
 * What the explorer shows, as its address says it. Every view is a link.
 *
 *     on=all | group:ID | template:ID | devices:ID,ID      whose telemetry
 *     lines=temperature:avg,pump.pressure:none             what, and how a time of it is summed up
 *     split=device | place.room                            a line for each
 *     step=PT5M · axes=lanes · time=PT1H                    buckets, drawing, time
 *     marks=2026-11-29T10:00:00.000Z restart|…             what happened when
 *     tab=table · q=SELECT …                               what is looked at; a query that was typed
 *     saved=ID                                             the saved exploration that this is, or is a change of
 */
export interface ExplorerSearch extends TimeSearch {
  readonly on?: string | undefined;
  readonly lines?: string | undefined;
  readonly split?: string | undefined;
  readonly step?: string | undefined;
  readonly axes?: ExplorationView['axes'] | undefined;
  readonly marks?: string | undefined;
  readonly tab?: ExplorerTab | undefined;
  readonly q?: string | undefined;
  /** Id of the exploration that this began as. */
  readonly saved?: string | undefined;
}

/** Where the address says none. */
export const EXPLORER_RANGE: TimeRange = { kind: 'last', duration: 'PT1H' };

export const EXPLORER_TABS = ['table', 'query'] as const;
type ExplorerTab = (typeof EXPLORER_TABS)[number];
const AXES = ['overlap', 'lanes', 'stacked'] as const satisfies readonly ExplorationView['axes'][];
export const AGGREGATES = ['avg', 'min', 'max', 'sum', 'count', 'first', 'last', 'none'] as const;

/** For `validateSearch`. */
export function explorerSearch(raw: Record<string, unknown>): ExplorerSearch {
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return {
    ...timeSearch(raw),
    on: text(raw.on),
    lines: text(raw.lines),
    split: text(raw.split),
    step: text(raw.step),
    axes: AXES.find((axes) => axes === raw.axes),
    marks: text(raw.marks),
    tab: EXPLORER_TABS.find((tab) => tab === raw.tab),
    q: text(raw.q),
    saved: text(raw.saved),
  };
}

export function viewOf(search: ExplorerSearch): ExplorationView {
  const { split, step, axes = 'shared', q } = search;
  const markers = marksOf(search.marks ?? '');
  return {
    source: sourceOf(search.on ?? 'all'),
    lines: linesOf(search.lines ?? ''),
    range: readRange(search.time ?? '') ?? EXPLORER_RANGE,
    axes,
    ...(split !== undefined && { splitBy: split === 'device' ? split : { property: split } }),
    ...(step !== undefined && { resolution: step }),
    ...(markers.length > 0 && { markers }),
    ...(q !== undefined && { query: q }),
  };
}

export function searchOf(view: ExplorationView): ExplorerSearch {
  const { source, lines, range, axes, splitBy, resolution, markers = [], query } = view;
  return {
    on: onOf(source),
    lines: lines.map(({ path, aggregate }) => `${encodeURIComponent(path)}:${aggregate}`).join(',') || undefined,
    time: writeRange(range) === writeRange(EXPLORER_RANGE) ? undefined : writeRange(range),
    split: typeof splitBy === 'object' ? splitBy.property : splitBy,
    step: resolution,
    axes: axes === 'shared' ? undefined : axes,
    marks: markers.map(({ at, label }) => `${at} ${encodeURIComponent(label)}`).join('|') || undefined,
    q: query,
    tab: query === undefined ? undefined : 'query',
  };
}

function onOf(source: SeriesSource): string | undefined {
  if (source.kind === 'all') return undefined;
  if (source.kind === 'group') return `group:${source.groupId}`;
  if (source.kind === 'template') return `template:${source.templateId}`;
  return `devices:${source.deviceIds.map(encodeURIComponent).join(',')}`;
}

function sourceOf(on: string): SeriesSource {
  const colon = on.indexOf(':');
  const [kind, rest] = [on.slice(0, Math.max(colon, 0)), on.slice(colon + 1)];
  if (kind === 'group') return { kind, groupId: rest };
  if (kind === 'template') return { kind, templateId: rest };
  if (kind === 'devices')
    return {
      kind,
      deviceIds: rest
        .split(',')
        .filter((id) => id !== '')
        .map(decoded),
    };
  return { kind: 'all' };
}

function linesOf(text: string): readonly ExplorationLine[] {
  const lines = text.split(',').flatMap((line) => {
    const colon = line.lastIndexOf(':');
    const aggregate = AGGREGATES.find((each) => each === line.slice(colon + 1));
    const path = decoded(aggregate === undefined ? line : line.slice(0, colon));
    return path === '' ? [] : [{ path, aggregate: aggregate ?? ('avg' as const) }];
  });
  return lines.slice(0, LIMITS.EXPLORATION_LINES_MAX);
}

function marksOf(text: string): readonly ExplorationMarker[] {
  const marks = text.split('|').flatMap((mark) => {
    const space = mark.indexOf(' ');
    const at = Date.parse(mark.slice(0, Math.max(space, 0)));
    return Number.isNaN(at) ? [] : [{ at: new Date(at).toISOString(), label: decoded(mark.slice(space + 1)) }];
  });
  return marks.slice(0, LIMITS.EXPLORATION_MARKERS_MAX);
}

/** A link that was edited by hand still opens. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
