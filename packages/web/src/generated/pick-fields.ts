import type { ViewField, ViewSection } from './view-field.ts';

/** Tiles of a view that are shown at first, and so many more each time that more are asked for. */
export const TILES_AT_ONCE = 48;
/** What was last heard longer ago than this before the newest, ms, is behind what the device says all the time. */
const FRESH_MS = 60_000;

export interface PickWish {
  /** Part of a title, a name or a component; upper and lower case are the same. Empty: all. */
  readonly filter: string;
  readonly max: number;
  /** When a field was last heard, ms; null for never. */
  readonly heardAt: (key: string) => number | null;
}

export interface PickedView {
  readonly sections: readonly ViewSection[];
  /** That fit the filter, shown or not. */
  readonly found: number;
}

/**
 * The most important fields of a view: what people pinned, what the model knows and was heard, what it knows, then whatever was heard last.
 * All of them stay in the places that they have anyway, unless not all are shown: then the more important come first. Pure.
 */
export function pickFields(sections: readonly ViewSection[], { filter, max, heardAt }: PickWish): PickedView {
  const wanted = filter.trim().toLowerCase();
  const fields = sections.flatMap((section) => section.fields).filter((field) => wordsOf(field).includes(wanted));
  const freshMs = newestOf(fields, heardAt) - FRESH_MS;
  const ranked = fields
    .map((field, place) => ({ key: field.key, place, ...rankOf(field, heardAt(field.key), freshMs) }))
    .sort((a, b) => a.rank - b.rank || b.atMs - a.atMs || a.place - b.place);
  const ranks = new Map(ranked.slice(0, max).map(({ key, rank }) => [key, rank]));
  const rankIn = ({ key }: ViewField) => (fields.length > max ? (ranks.get(key) ?? 0) : 0);
  const picked = sections.map((section) => ({
    ...section,
    fields: section.fields.filter(({ key }) => ranks.has(key)).sort((a, b) => rankIn(a) - rankIn(b)),
  }));
  return { sections: picked.filter(({ fields: left }) => left.length > 0), found: fields.length };
}

function newestOf(fields: readonly ViewField[], heardAt: PickWish['heardAt']): number {
  return fields.reduce((newest, { key }) => Math.max(newest, heardAt(key) ?? 0), 0);
}

function wordsOf({ title, name, component }: ViewField): string {
  return `${title} ${component === null ? name : `${component}.${name}`}`.toLowerCase();
}

/** Those of a model stay in its order; only of the others is the newest the first. */
function rankOf(
  { isPinned, isModelled }: ViewField,
  atMs: number | null,
  freshMs: number,
): { readonly rank: number; readonly atMs: number } {
  if (isPinned) return { rank: 0, atMs: 0 };
  if (isModelled) return { rank: atMs === null ? 2 : 1, atMs: 0 };
  return { rank: (atMs ?? 0) > freshMs ? 3 : 4, atMs: atMs ?? 0 };
}
