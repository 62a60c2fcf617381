import { HubError, LIMITS } from '@viaduct/contracts';
import type { ApiRequest } from './operation.ts';

export interface AskedPage {
  readonly limit: number;
  /** Where the page before ended; undefined for the first. */
  readonly after: string | undefined;
}

export interface ApiPage<T> {
  readonly value: readonly T[];
  readonly nextLink?: string;
}

/**
 * Which page is asked for, in both spellings: `maxpagesize`, or `$top`, which is older. `$skiptoken` is ours to read: it comes from a
 * `nextLink`. @throws HubError argument.invalid
 */
export function readPage({ query }: ApiRequest): AskedPage {
  const name = query.maxpagesize === undefined ? '$top' : 'maxpagesize';
  const text = query[name];
  const limit = text === undefined ? LIMITS.API_PAGE_DEFAULT : Number(/^\d{1,9}$/.test(text) ? text : Number.NaN);
  if (Number.isNaN(limit) || limit < 1 || limit > LIMITS.API_PAGE_MAX) {
    throw new HubError('argument.invalid', `${name} is a whole number from 1 to ${LIMITS.API_PAGE_MAX}`);
  }
  const token = query.$skiptoken;
  return { limit, after: token === undefined ? undefined : Buffer.from(token, 'base64url').toString('utf8') };
}

/** `next`: what the page ended with, for who asks for more; undefined when this was the last one. */
export function answerPage<T>({ url }: ApiRequest, value: readonly T[], next: string | undefined): ApiPage<T> {
  if (next === undefined) return { value };
  const link = new URL(url);
  link.searchParams.set('$skiptoken', Buffer.from(next, 'utf8').toString('base64url'));
  return { value, nextLink: link.href };
}

/** A page of a list that is in memory, in the list's own order, which must be one of keys. */
export function pageOf<T>(request: ApiRequest, items: readonly T[], keyOf: (item: T) => string): ApiPage<T> {
  const { limit, after } = readPage(request);
  const at = after === undefined ? 0 : items.findIndex((item) => keyOf(item) === after) + 1;
  if (after !== undefined && at === 0)
    throw new HubError('argument.invalid', 'the page to go on from is gone; begin anew');
  const value = items.slice(at, at + limit);
  const last = value.at(-1);
  return answerPage(request, value, at + limit < items.length && last !== undefined ? keyOf(last) : undefined);
}

/** The condition of a list, in either spelling. */
export function filterOf({ query }: ApiRequest): string | undefined {
  return query.filter ?? query.$filter;
}

/** The order of a list, in either spelling. */
export function orderOf({ query }: ApiRequest): string | undefined {
  return query.orderby ?? query.$orderby;
}
