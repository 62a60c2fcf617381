import type { ModelField, ModelSummary } from '@viaduct/contracts';
import type { Series } from '../history/history.ts';
import type { TemplateBook } from '../template/template-book.ts';
import type { CentralQuery, PathField } from './query-syntax.ts';
import { refuse } from './refuse.ts';

/** Series by name, of these devices or of all; the history has them in memory. Left out, a part is ''. */
export interface FindsSeries {
  seriesNamed(
    wanted: { readonly moduleId?: string; readonly component?: string; readonly name: string },
    deviceIds?: readonly string[],
  ): readonly Series[];
}

export type NameKind = 'telemetry' | 'property' | 'unknown';

/** What names mean where a query looks: in one template, or in all. What no model has, but a device said, is telemetry too. */
export class NameBook {
  readonly #summaries: readonly ModelSummary[];
  readonly #history: FindsSeries;

  constructor(summaries: readonly ModelSummary[], history: FindsSeries) {
    this.#summaries = summaries;
    this.#history = history;
  }

  kindOf({ path }: PathField): NameKind {
    if (this.#summaries.some(({ telemetry }) => telemetry.some((field) => isWithin(field, path)))) return 'telemetry';
    const isProperty = this.#summaries.some(({ properties, cloudProperties = [] }) =>
      [...properties, ...cloudProperties].some((field) => isWithin(field, path)),
    );
    if (isProperty) return 'property';
    return seriesOfPath(this.#history, path).length > 0 ? 'telemetry' : 'unknown';
  }

  /** The name that was most likely meant, of those that models have and of these. */
  nearest({ path }: PathField, seen: readonly string[]): string | undefined {
    const written = path.join('.').slice(0, COMPARED_CHARACTERS_MAX);
    const names = this.#summaries.flatMap(({ telemetry, properties, cloudProperties = [] }) =>
      [...telemetry, ...properties, ...cloudProperties].map(pathOf),
    );
    const candidates = [...new Set([...names, ...seen])]
      .filter(({ length }) => length <= COMPARED_CHARACTERS_MAX)
      .slice(0, COMPARED_NAMES_MAX);
    const near = candidates.map((name) => ({ name, distance: distance(written.toLowerCase(), name.toLowerCase()) }));
    const [best] = near.sort((one, other) => one.distance - other.distance);
    return best !== undefined && best.distance <= Math.max(2, written.length / 3) ? best.name : undefined;
  }
}

/** A suggestion is worth a few milliseconds and no more. */
const COMPARED_NAMES_MAX = 5_000;
const COMPARED_CHARACTERS_MAX = 64;

/** @throws QueryRefusal a template that there is not */
export function openNameBook(
  parts: { templates: TemplateBook; history: FindsSeries },
  text: string,
  { source }: CentralQuery,
): NameBook {
  if (source.kind === 'devices')
    return new NameBook(
      parts.templates.list().map(({ summary }) => summary),
      parts.history,
    );
  const template = parts.templates.find(source.templateId);
  if (template !== undefined) return new NameBook([template.summary], parts.history);
  throw refuse(text, source.at, 'there is no device template with this id');
}

/**
 * Series of a path, whichever way it is split: `a.b` is the member `b` of `a`, and the telemetry `b` of the component `a` and of the module
 * `a`; `a.b.c` is of the component `b` of the module, too.
 */
export function seriesOfPath(
  history: FindsSeries,
  path: readonly string[],
  deviceIds?: readonly string[],
): readonly Series[] {
  const [first = '', ...rest] = path;
  const ofRoot = history.seriesNamed({ name: path.join('.') }, deviceIds);
  if (rest.length === 0) return ofRoot;
  const name = rest.join('.');
  const ofModule = history.seriesNamed({ moduleId: first, name }, deviceIds);
  const ofPart = history.seriesNamed({ component: first, name }, deviceIds);
  const [component = '', ...inner] = rest;
  if (inner.length === 0) return [...ofRoot, ...ofPart, ...ofModule];
  const ofPartOfModule = history.seriesNamed({ moduleId: first, component, name: inner.join('.') }, deviceIds);
  return [...ofRoot, ...ofPart, ...ofModule, ...ofPartOfModule];
}

function pathOf({ component, name }: ModelField): string {
  return component === null ? name : `${component}.${name}`;
}

/** The field itself, or a member of it. */
function isWithin(field: ModelField, path: readonly string[]): boolean {
  const whole = path.join('.');
  const own = pathOf(field);
  return whole === own || whole.startsWith(`${own}.`);
}

/** Levenshtein's: how many characters to change, add or leave out. */
function distance(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let i = 1; i <= one.length; i++) {
    const next = [i];
    for (let j = 1; j <= other.length; j++) {
      const change = row[j - 1]! + (one[i - 1] === other[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[other.length]!;
}
