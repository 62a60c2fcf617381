import { Button, Kbd, Skeleton, Text } from '@mantine/core';
import { IconPlayerPlay } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ExplorationView, QueryVocabulary } from '@viaduct/contracts';
import { useEffect, useMemo, useState } from 'react';
import { templateChoicesQuery } from '../../api/template-choices.ts';
import { QueryEditor } from '../../editor/query-editor.tsx';
import { readMistake } from '../../editor/read-mistake.ts';
import classes from '../../explorer/explorer.module.css';
import { AnswerTable, useQueryAnswer } from '../../explorer/query-answer-table.tsx';
import { useExploration } from '../../explorer/use-exploration.ts';
import { useVocabulary } from '../../tiles/use-vocabulary.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

interface ExplorerQueryProps {
  readonly view: ExplorationView;
  readonly onQuery: (query: string) => void;
}

const FIRST_QUERY = 'SELECT $id, $ts, temperature\nFROM devices\nWHERE WITHIN_WINDOW(PT1H)';

/** The chart in words, to be changed and run. What was run last is in the address. */
export function ExplorerQuery({ view, onQuery }: ExplorerQueryProps) {
  const { query: asked = '' } = view;
  const { answers } = useExploration(view);
  const clicked = answers.find((answer) => answer !== null && answer.query !== '')?.query ?? FIRST_QUERY;
  const [typed, setTyped] = useState(asked);
  useEffect(() => setTyped(asked), [asked]);
  const text = typed === '' ? clicked : typed;
  const answer = useQueryAnswer(asked);
  const vocabulary = useQueryVocabulary(view);
  const mistake = useMemo(() => (text === asked ? readMistake(answer.error) : null), [answer.error, text, asked]);
  const run = () => (text === asked ? void answer.refetch() : onQuery(text));
  return (
    <div className={classes.main}>
      <section className={`card ${classes.main}`} aria-label="Ask the history">
        <QueryEditor
          label="Query"
          text={text}
          onText={setTyped}
          onRun={run}
          vocabulary={vocabulary}
          mistake={mistake}
        />
        <div className={classes.bar}>
          <Button size="xs" leftSection={<IconPlayerPlay size={14} />} onClick={run} loading={answer.isFetching}>
            Run
          </Button>
          {typed !== '' && typed !== clicked && view.lines.length > 0 && (
            <Button size="xs" variant="default" onClick={() => setTyped(clicked)}>
              As the chart asks
            </Button>
          )}
          <Text size="xs" className="quiet">
            <Kbd size="xs">Ctrl</Kbd> + <Kbd size="xs">Enter</Kbd> runs
          </Text>
        </div>
      </section>
      {answer.isError && <ProblemAlert error={answer.error} />}
      {asked !== '' && answer.isPending && <Skeleton height={240} />}
      {answer.isSuccess && (
        <section className="card" aria-label="Answer">
          <p className={classes.note}>
            {answer.data.rows.length.toLocaleString()} rows in {answer.data.durationMs} ms
          </p>
          <AnswerTable answer={answer.data} />
        </section>
      )}
    </div>
  );
}

/** Words of docs/protocol/central-query.md, and the names that these devices have. */
function useQueryVocabulary({ source }: ExplorationView): QueryVocabulary {
  const names = useVocabulary(source);
  const templates = useQuery(templateChoicesQuery);
  const key = JSON.stringify([names.telemetry, names.properties]);
  return useMemo(() => {
    const [telemetry, properties] = JSON.parse(key) as [string[], string[]];
    return {
      ...LANGUAGE,
      sources: ['devices', ...(templates.data ?? []).map(({ templateId }) => templateId)],
      paths: [...telemetry, ...properties].map((path) => ({ path, types: [] })),
    };
  }, [key, templates.data]);
}

const LANGUAGE = {
  keywords: [
    ...[
      'SELECT',
      'TOP',
      'AS',
      'FROM',
      'WHERE',
      'AND',
      'OR',
      'NOT',
      'IN',
      'LIKE',
      'BETWEEN',
      'IS',
      'NULL',
      'GROUP',
      'BY',
    ],
    ...['ORDER', 'ASC', 'DESC', 'TRUE', 'FALSE'],
  ],
  functions: [
    { name: 'WITHIN_WINDOW', argumentsMin: 1, argumentsMax: 1 },
    { name: 'WINDOW', argumentsMin: 1, argumentsMax: 1 },
    { name: 'CONTAINS', argumentsMin: 2, argumentsMax: 2 },
    { name: 'STARTSWITH', argumentsMin: 2, argumentsMax: 2 },
    { name: 'PERCENTILE', argumentsMin: 2, argumentsMax: 2 },
  ],
  aggregates: ['AVG', 'MIN', 'MAX', 'SUM', 'COUNT', 'FIRST', 'LAST'],
  fields: [
    ...['$id', '$ts', '$displayName', '$template', '$group', '$enabled', '$provisioned', '$approved', '$simulated'],
    ...['$connected', '$organization', '$type', '$createdTime', '$lastSeenTime'],
  ],
} as const;
