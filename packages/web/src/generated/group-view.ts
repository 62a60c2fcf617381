import type { LatestValue, ModelSummary } from '@viaduct/contracts';
import { topValues } from '../live/top-values.ts';
import { generateView } from './generate-view.ts';
import { stateName } from './state-bands.ts';
import type { ViewField } from './view-field.ts';

/** What a group shows at most; the explorer and dashboards have the rest. */
const GROUP_FIELDS_MAX = 24;

/** Fields of all models that devices of a group have, each once, in the order of the models; without a model, what they say. Pure. */
export function groupFields(models: readonly ModelSummary[], latest: readonly LatestValue[]): ViewField[] {
  const seen = topValues(latest).map(({ component, name, value }) => ({ component, name, sample: value }));
  const views = models.length === 0 ? [generateView(null, seen)] : models.map((model) => generateView(model, []));
  const fields = new Map<string, ViewField>();
  for (const field of views.flat().flatMap((section) => section.fields)) {
    if (!fields.has(field.key)) fields.set(field.key, field);
  }
  return [...fields.values()].slice(0, GROUP_FIELDS_MAX);
}

export interface StateCount {
  readonly value: string;
  readonly count: number;
  readonly share: number;
}

/** How many devices are in which state now, the most first. Pure. */
export function distribution(field: ViewField, latest: readonly LatestValue[]): StateCount[] {
  const counts = new Map<string, number>();
  for (const { value } of latest.filter((said) => isOf(field, said))) {
    const name = stateName(field.schema, value);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const whole = [...counts.values()].reduce((sum, count) => sum + count, 0) || 1;
  return [...counts]
    .map(([value, count]) => ({ value, count, share: count / whole }))
    .sort((a, b) => b.count - a.count || a.value.localeCompare(b.value));
}

/** A row a device: its last value of each field, in their order; undefined where it never said one. Pure. */
export function lastValueRows(
  fields: readonly ViewField[],
  latest: readonly LatestValue[],
): { readonly deviceId: string; readonly values: readonly (LatestValue | undefined)[] }[] {
  const byDevice = new Map<string, LatestValue[]>();
  for (const said of latest) {
    const known = byDevice.get(said.deviceId);
    if (known === undefined) byDevice.set(said.deviceId, [said]);
    else known.push(said);
  }
  return [...byDevice]
    .map(([deviceId, said]) => ({ deviceId, values: fields.map((field) => said.find((each) => isOf(field, each))) }))
    .sort((a, b) => a.deviceId.localeCompare(b.deviceId));
}

function isOf({ component, name }: ViewField, said: LatestValue): boolean {
  return said.name === name && said.component === component && said.moduleId === null;
}
