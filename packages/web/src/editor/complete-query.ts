import type { QueryVocabulary } from '@viaduct/contracts';

export interface QueryCompletion {
  readonly label: string;
  readonly kind: 'keyword' | 'function' | 'property' | 'source';
  /** Beside the label: what is found there, or what it takes. */
  readonly detail?: string;
}

export interface QueryCompletions {
  /** Where the word begins that a completion replaces. */
  readonly from: number;
  readonly options: readonly QueryCompletion[];
}

/**
 * What may be typed at a place, by what stands before it: sources after FROM, properties, functions and keywords elsewhere, nothing
 * within a text. Whoever asks filters by what is typed already.
 */
export function completeQuery(vocabulary: QueryVocabulary, text: string, position: number): QueryCompletions | null {
  const before = text.slice(0, position);
  if (isWithinText(before)) return null;
  const word = /[$\p{L}_][\p{L}\p{N}_$.-]*$/u.exec(before)?.[0] ?? '';
  const from = position - word.length;
  const former = /([\p{L}]+)\s+$/u.exec(before.slice(0, from))?.[1]?.toLowerCase();
  const { sources, fields, paths, functions, aggregates, keywords } = vocabulary;
  if (former === 'from') return { from, options: sources.map((label) => ({ label, kind: 'source' })) };
  const learnt = paths.map(({ path, types }) => ({ label: path, kind: 'property' as const, detail: types.join(', ') }));
  if (word.includes('.')) return { from, options: learnt };
  return {
    from,
    options: [
      ...fields.map((label) => ({ label, kind: 'property' as const })),
      ...learnt,
      ...functions.map(({ name, argumentsMax }) => ({
        label: name,
        kind: 'function' as const,
        detail: hintOf(argumentsMax),
      })),
      ...aggregates.map((label) => ({ label, kind: 'function' as const, detail: 'over rows' })),
      ...keywords.map((label) => ({ label, kind: 'keyword' as const })),
    ],
  };
}

function hintOf(argumentsMax: number): string {
  return argumentsMax === 0 ? '' : argumentsMax === 1 ? '(value)' : '(value, …)';
}

function isWithinText(before: string): boolean {
  const rest = before.replace(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/gs, '');
  return /['"]/.test(rest);
}
