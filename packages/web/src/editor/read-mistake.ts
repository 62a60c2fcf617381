import { ConsoleRefusal } from '../api/request.ts';
import type { QueryMistake } from './query-editor.tsx';

/** Where in the text the server found a mistake; null when the refusal is about something else. */
export function readMistake(error: Error | null): QueryMistake | null {
  if (!(error instanceof ConsoleRefusal) || error.at === undefined) return null;
  return { message: error.message, ...error.at };
}
