import type { ModelSummary } from '@viaduct/contracts';

interface Named {
  readonly component: string | null;
  readonly name: string;
}

/** A capability as uses name it: `component.name`, and `name` at the root. */
export function capabilityPath({ component, name }: Named): string {
  return component === null ? name : `${component}.${name}`;
}

/** Of what a twin holds. */
export function propertyPaths({ properties }: ModelSummary): ReadonlySet<string> {
  return new Set(properties.map(capabilityPath));
}

/** Of everything that a model describes. */
export function capabilityPaths({
  telemetry,
  properties,
  commands,
  cloudProperties = [],
}: ModelSummary): ReadonlySet<string> {
  return new Set([...telemetry, ...properties, ...commands, ...cloudProperties].map(capabilityPath));
}
