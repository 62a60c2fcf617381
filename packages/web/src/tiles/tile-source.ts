import type { DashboardVariable, QueryRange, SeriesSource, TileData, TimeRange } from '@viaduct/contracts';

/** What the tiles of a dashboard may refer to as `$name`; the values are in the page's address. */
interface TileVariable {
  readonly kind: 'group' | 'device' | 'template';
  readonly title: string;
  readonly value: string | undefined;
}

export type TileVariables = Readonly<Record<string, TileVariable>>;

/** What was chosen counts before what a variable has at first. A group that nobody chose is everybody; a device or a model is missing. */
export function variableValues(
  variables: readonly DashboardVariable[],
  chosen: Readonly<Record<string, string>>,
): TileVariables {
  return Object.fromEntries(
    variables.map(({ name, displayName, kind, initialValue = '' }) => {
      const value = chosen[name] ?? initialValue;
      return [name, { kind, title: displayName || name, value: value === '' && kind !== 'group' ? undefined : value }];
    }),
  );
}

export type ResolvedSource =
  | {
      readonly kind: 'source';
      readonly source: SeriesSource;
      /** Several devices are named: a line each. */
      readonly isSplit: boolean;
    }
  | { readonly kind: 'missing'; readonly title: string };

/** Whose data a tile shows now: the devices it names, or all of its group, or everybody. */
export function resolveSource(
  data: Partial<Pick<TileData, 'group' | 'devices'>>,
  variables: TileVariables,
): ResolvedSource {
  const { devices = [], group = '' } = data;
  const missing = (devices.length > 0 ? devices : [group])
    .map((text) => missingOf(text, variables))
    .find((title) => title !== null);
  if (missing != null) return { kind: 'missing', title: missing };
  if (devices.length > 0) {
    const deviceIds = devices.map((device) => resolveText(device, variables));
    return { kind: 'source', source: { kind: 'devices', deviceIds }, isSplit: deviceIds.length > 1 };
  }
  return { kind: 'source', source: groupSource(group, variables), isSplit: false };
}

/** The title of the variable that a text stands for, if that has no value yet. */
export function missingOf(text: string, variables: TileVariables): string | null {
  if (!text.startsWith('$')) return null;
  const variable = variables[text.slice(1)];
  return variable?.value === undefined ? (variable?.title ?? text.slice(1)) : null;
}

export function resolveText(text: string, variables: TileVariables): string {
  return text.startsWith('$') ? (variables[text.slice(1)]?.value ?? '') : text;
}

function groupSource(group: string, variables: TileVariables): SeriesSource {
  const id = resolveText(group, variables);
  if (id === '') return { kind: 'all' };
  const isTemplate = group.startsWith('$') && variables[group.slice(1)]?.kind === 'template';
  return isTemplate ? { kind: 'template', templateId: id } : { kind: 'group', groupId: id };
}

/** The page's time where it has one, else the tile's own; a count looks back as far as there is something. */
export function rangeOf(queryRange: QueryRange | undefined, ofPage: TimeRange | null): TimeRange {
  if (ofPage !== null) return ofPage;
  if (queryRange?.type === 'time') return { kind: 'last', duration: queryRange.duration };
  return { kind: 'last', duration: queryRange?.type === 'count' ? 'P30D' : 'PT1H' };
}
