import { HubError } from '@viaduct/contracts';
import type { ApiRequest } from './operation.ts';
import { filterOf, orderOf } from './read-page.ts';

const ORDER = /^\s*displayName(?:\s+(asc|desc))?\s*$/i;

/**
 * A list in the order that is asked for; as it is where none is. For lists that are ordered by name or not at all, and take no filter.
 *
 * @param what the list, as a refusal calls it
 * @throws HubError argument.invalid
 */
export function orderByName<T extends { readonly displayName: string }>(
  request: ApiRequest,
  items: readonly T[],
  what: string,
): readonly T[] {
  if (filterOf(request) !== undefined) throw new HubError('argument.invalid', `${what} are listed without a filter`);
  const order = orderOf(request);
  if (order === undefined) return items;
  const [isOrder, direction] = ORDER.exec(order) ?? [];
  if (isOrder === undefined) {
    throw new HubError('argument.invalid', `${what} are ordered by displayName, not by "${order}"`);
  }
  const sign = direction?.toLowerCase() === 'desc' ? -1 : 1;
  return [...items].sort((a, b) => sign * a.displayName.localeCompare(b.displayName));
}
