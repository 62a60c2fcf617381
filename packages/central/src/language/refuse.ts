import { QueryRefusal } from '@viaduct/hub';
import type { Span } from './query-syntax.ts';

/** A text that is no query, or means nothing: in words with the place, and the place as numbers. */
export function refuse(text: string, at: Span, why: string): QueryRefusal {
  return new QueryRefusal(text, at, why, 'query.invalid');
}

/** One that is understood, and asks for more than is given. */
export function refuseTooMuch(text: string, at: Span, why: string): QueryRefusal {
  return new QueryRefusal(text, at, why, 'query.limitExceeded');
}
