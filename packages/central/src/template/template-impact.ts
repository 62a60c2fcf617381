import type { ModelField, ModelSummary, TemplateImpact } from '@viaduct/contracts';
import { capabilityPath } from './capability-paths.ts';
import type { CapabilityUse } from './template-book.ts';

/**
 * What a template that becomes another does to those who use it. A capability is changed when what it holds or which way it goes is
 * another; names for people and hints for drawing break nothing. Pure.
 */
export function templateImpact(
  before: ModelSummary,
  after: ModelSummary,
  uses: readonly CapabilityUse[],
): TemplateImpact {
  const was = capabilitiesOf(before);
  const will = capabilitiesOf(after);
  const removed = [...was.keys()].filter((path) => !will.has(path));
  const changed = [...was].filter(([path, what]) => will.has(path) && will.get(path) !== what).map(([path]) => path);
  const added = [...will.keys()].filter((path) => !was.has(path));
  const broken = [...removed, ...changed];
  return { added, changed, removed, uses: broken.length === 0 ? [] : uses.flatMap((use) => affected(use, broken)) };
}

/** A use without paths is of the template as a whole. */
function affected(use: CapabilityUse, broken: readonly string[]): readonly CapabilityUse[] {
  if (use.paths.length === 0) return [use];
  const paths = use.paths.filter((path) => broken.some((one) => path === one || path.startsWith(`${one}.`)));
  return paths.length === 0 ? [] : [{ ...use, paths }];
}

function capabilitiesOf(model: ModelSummary): ReadonlyMap<string, string> {
  const { telemetry, properties, commands, cloudProperties = [] } = model;
  return new Map([
    ...telemetry.map((field) => [capabilityPath(field), `telemetry ${meaningOf(field)}`] as const),
    ...properties.map((field) => [capabilityPath(field), `property ${field.writable} ${meaningOf(field)}`] as const),
    ...cloudProperties.map((field) => [capabilityPath(field), `cloud ${meaningOf(field)}`] as const),
    ...commands.map(
      (command) =>
        [
          capabilityPath(command),
          `command ${command.isQueued === true} ${[command.request, command.response].map((one) => (one === null ? '' : meaningOf(one))).join(' ')}`,
        ] as const,
    ),
  ]);
}

function meaningOf({ schema, unit, semanticType, role }: ModelField): string {
  return JSON.stringify([withoutNames(schema), unit, semanticType, role ?? null]);
}

function withoutNames(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNames);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([name]) => !FOR_PEOPLE.has(name));
  return Object.fromEntries(entries.map(([name, member]) => [name, withoutNames(member)]));
}

const FOR_PEOPLE: ReadonlySet<string> = new Set(['displayName', 'description', 'hints']);
