import type { JsonObject, ModelField, ModelSummary, TwinView } from '@viaduct/contracts';
import { type Acknowledgement, acknowledgementOf, type PropertyState, propertyState } from './property-state.ts';

/** One line of the properties page: what is wanted, what the device says, and whether they agree. */
export interface PropertyRow {
  readonly component: string | null;
  readonly name: string;
  readonly title: string;
  readonly field: (ModelField & { readonly writable: boolean }) | null;
  readonly desired: unknown;
  readonly desiredAt: string | null;
  readonly reported: unknown;
  readonly reportedAt: string | null;
  readonly acknowledgement: Acknowledgement | null;
  readonly state: PropertyState;
}

/** The model's properties in their order, then what only the twin knows, by name. */
export function propertyRows(twin: TwinView, model: ModelSummary | null): PropertyRow[] {
  const rows = (model?.properties ?? []).map((field) => rowOf(twin, field.component, field.name, field));
  const known = new Set(rows.map((row) => `${row.component ?? ''}/${row.name}`));
  const components = new Set(rows.map((row) => row.component).filter((name) => name !== null));
  for (const [component, name] of twinKeys(twin, components)) {
    if (!known.has(`${component ?? ''}/${name}`)) rows.push(rowOf(twin, component, name, null));
  }
  return rows;
}

/** A merge patch for one property; `null` removes it. A component is marked as one, as the convention asks. */
export function desiredPatch(component: string | null, name: string, value: unknown): JsonObject {
  return component === null ? { [name]: value } : { [component]: { __t: 'c', [name]: value } };
}

function twinKeys(twin: TwinView, components: ReadonlySet<string>): [string | null, string][] {
  const found = new Map<string, [string | null, string]>();
  for (const values of [twin.desired.values, twin.reported.values]) {
    for (const [key, value] of Object.entries(values)) {
      const isComponent = components.has(key) || (isObject(value) && value.__t === 'c');
      if (!isComponent || !isObject(value)) found.set(`/${key}`, [null, key]);
      else for (const name of Object.keys(value)) if (name !== '__t') found.set(`${key}/${name}`, [key, name]);
    }
  }
  return [...found.entries()].sort(([a], [b]) => a.localeCompare(b)).map(([, place]) => place);
}

function rowOf(twin: TwinView, component: string | null, name: string, field: PropertyRow['field']): PropertyRow {
  const desired = at(twin.desired.values, component, name);
  const reported = at(twin.reported.values, component, name);
  const acknowledgement = acknowledgementOf(reported);
  const desiredAt = updatedAt(twin.desired.metadata, component, name);
  const reportedAt = updatedAt(twin.reported.metadata, component, name);
  return {
    component,
    name,
    title: field?.displayName || name,
    field,
    desired,
    desiredAt,
    reported: acknowledgement === null ? reported : acknowledgement.value,
    reportedAt,
    acknowledgement,
    state: propertyState({ desired, reported, desiredAt, reportedAt, desiredVersion: twin.desired.version }),
  };
}

function at(tree: JsonObject, component: string | null, name: string): unknown {
  const inner = component === null ? tree : member(tree, component);
  return isObject(inner) ? member(inner, name) : undefined;
}

/** A device may report something that is called `constructor`, or not. */
function member(tree: JsonObject, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name] : undefined;
}

function updatedAt(metadata: JsonObject, component: string | null, name: string): string | null {
  const entry = at(metadata, component, name);
  const time = isObject(entry) ? entry.$lastUpdated : undefined;
  return typeof time === 'string' ? time : null;
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
