import { HubError } from '@viaduct/contracts';
import type { JsonObject } from '../../core/ports.ts';

/** A number of seconds in a body or a query; some tools send "30". @throws HubError argument.invalid */
export function secondsAt(members: JsonObject, name: string): number | undefined {
  const value = members[name] ?? undefined;
  if (value === undefined) return undefined;
  const seconds = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  if (typeof seconds !== 'number' || !Number.isFinite(seconds)) {
    throw new HubError('argument.invalid', `${name} is a number of seconds`);
  }
  return seconds;
}
