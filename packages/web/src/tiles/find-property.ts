import type { PropertyRow } from '../model/property-rows.ts';

/** The property that a path names: `name`, or `component.name`. */
export function findProperty(rows: readonly PropertyRow[], path: string): PropertyRow | undefined {
  return rows.find(({ component, name }) => (component === null ? name : `${component}.${name}`) === path);
}
