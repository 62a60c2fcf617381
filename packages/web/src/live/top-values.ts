import type { LatestValue } from '@viaduct/contracts';

interface TopValue {
  readonly component: string | null;
  readonly name: string;
  readonly value: unknown;
  readonly atMs: number;
}

/**
 * Last values by what stands at the top of a message: the history keeps members of objects apart (`position.lat`), a device says them
 * together. What modules say is theirs: of one, it is asked for by name. Pure.
 */
export function topValues(values: readonly LatestValue[], ofModule: string | null = null): TopValue[] {
  const tops = new Map<string, TopValue>();
  for (const { component, name, value, enqueuedTime, moduleId } of values) {
    if (moduleId !== ofModule) continue;
    const [top = '', ...rest] = name.split('.');
    const key = `${component ?? ''}/${top}`;
    const atMs = Date.parse(enqueuedTime);
    const known = tops.get(key);
    tops.set(key, {
      component,
      name: top,
      value: rest.length === 0 ? (known?.value ?? value) : withMember(known?.value, rest, value),
      atMs: Math.max(atMs, known?.atMs ?? atMs),
    });
  }
  return [...tops.values()];
}

function withMember(into: unknown, [key = '', ...rest]: readonly string[], value: unknown): unknown {
  const members = typeof into === 'object' && into !== null && !Array.isArray(into) ? (into as object) : {};
  const inner = (members as Record<string, unknown>)[key];
  return { ...members, [key]: rest.length === 0 ? value : withMember(inner, rest, value) };
}
