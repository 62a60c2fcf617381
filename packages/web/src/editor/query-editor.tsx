import {
  acceptCompletion,
  autocompletion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { Prec } from '@codemirror/state';
import { keymap } from '@codemirror/view';
import type { QueryVocabulary } from '@viaduct/contracts';
import { useMemo } from 'react';
import { CodeEditor } from './code-editor.tsx';
import { completeQuery, type QueryCompletion } from './complete-query.ts';
import { queryLanguage } from './query-language.ts';

/** Of a text that the server could not understand. */
export interface QueryMistake {
  readonly message: string;
  readonly offset: number;
  readonly length: number;
}

interface QueryEditorProps {
  readonly label: string;
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onRun?: () => void;
  readonly hint?: string;
  readonly vocabulary: QueryVocabulary;
  readonly mistake?: QueryMistake | null;
}

const KINDS = { keyword: 'keyword', function: 'function', property: 'property', source: 'class' } as const;

/** The query language with completion; mistakes are the server's to find. */
export function QueryEditor({ vocabulary, mistake = null, ...editor }: QueryEditorProps) {
  const extensions = useMemo(() => {
    const complete = (context: CompletionContext): CompletionResult | null => {
      const found = completeQuery(vocabulary, context.state.doc.toString(), context.pos);
      if (found === null || (found.from === context.pos && !context.explicit && !isAfterFrom(context))) return null;
      return { from: found.from, options: found.options.map(optionOf), validFor: /^[\p{L}\p{N}_$.-]*$/u };
    };
    const functions = [...vocabulary.functions.map(({ name }) => name), ...vocabulary.aggregates];
    return [
      queryLanguage(vocabulary.keywords, functions),
      autocompletion({ override: [complete], icons: false }),
      Prec.high(keymap.of([{ key: 'Tab', run: acceptCompletion }])),
    ];
  }, [vocabulary]);
  const problems = useMemo(() => {
    if (mistake === null) return [];
    const { message, offset, length } = mistake;
    return [{ from: offset, to: offset + length, severity: 'error' as const, message }];
  }, [mistake]);
  return <CodeEditor {...editor} extensions={extensions} problems={problems} />;
}

/** There, what may follow is so little that it is shown before anything is typed. */
function isAfterFrom(context: CompletionContext): boolean {
  return context.matchBefore(/\bfrom\s+/i) !== null;
}

function optionOf({ label, kind, detail }: QueryCompletion) {
  const apply = kind === 'function' ? `${label}(` : label;
  return { label, apply, type: KINDS[kind], ...(detail === undefined ? {} : { detail }) };
}
