import { useMemo } from 'react';
import { CodeEditor } from '../editor/code-editor.tsx';
import type { QueryMistake } from '../editor/query-editor.tsx';
import { queryLanguage } from '../editor/query-language.ts';

interface FilterTextProps {
  readonly filter: string;
  readonly onFilter: (filter: string) => void;
  readonly mistake: QueryMistake | null;
}

const KEYWORDS = [
  'SELECT',
  'FROM',
  'WHERE',
  'AND',
  'OR',
  'NOT',
  'IN',
  'IS',
  'NULL',
  'LIKE',
  'BETWEEN',
  'true',
  'false',
];

/** A filter as it is kept, with the place underlined that the server does not understand. */
export function FilterText({ filter, onFilter, mistake }: FilterTextProps) {
  const extensions = useMemo(() => [queryLanguage(KEYWORDS, ['CONTAINS'])], []);
  const problems = useMemo(() => {
    if (mistake === null) return [];
    const { message, offset, length } = mistake;
    return [{ from: offset, to: offset + length, severity: 'error' as const, message }];
  }, [mistake]);
  return (
    <CodeEditor
      label="Filter"
      hint="SELECT * FROM devices WHERE $template = 'dtmi:…' OR floor > 2"
      text={filter}
      onText={onFilter}
      extensions={extensions}
      problems={problems}
    />
  );
}
