import type { KnowsItsNames } from '../ports.ts';

/** What the hub calls itself in events and feedback: the first label of its first name, or the whole of an address. */
export function hubName({ hostNames }: KnowsItsNames): string {
  const [name = 'hub'] = hostNames;
  return /^[\d.]+$|:/.test(name) ? name : (name.split('.')[0] ?? name);
}
