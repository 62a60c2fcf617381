import { Button, Group, Kbd, Skeleton, Stack, Text, Title } from '@mantine/core';
import { IconDeviceFloppy, IconPlayerPlay, IconZoomQuestion } from '@tabler/icons-react';
import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { useEffect, useMemo, useState } from 'react';
import { answerQuery, vocabularyQuery } from '../../api/query-queries.ts';
import { QueryEditor } from '../../editor/query-editor.tsx';
import { readMistake } from '../../editor/read-mistake.ts';
import { useFleetStream } from '../../live/use-device-feed.ts';
import { EmptyState } from '../../ui/empty-state.tsx';
import { usePageTitle } from '../../ui/page-title.ts';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { EXAMPLE_QUERIES } from './example-queries.ts';
import classes from './query.module.css';
import { QueryResults } from './query-results.tsx';
import { SaveQueryDialog } from './save-query-dialog.tsx';
import { SavedQueries } from './saved-queries.tsx';

const route = getRouteApi('/shell/query');
const FIRST_QUERY = EXAMPLE_QUERIES[0]?.query ?? '';

/** Asks the fleet in its query language. What was run last is in the address. */
export function QueryPage() {
  usePageTitle('Query');
  useFleetStream();
  const { q: asked = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const queryClient = useQueryClient();
  const [text, setText] = useState(asked === '' ? FIRST_QUERY : asked);
  const [isSaving, setSaving] = useState(false);
  const answer = useInfiniteQuery({ ...answerQuery(asked), enabled: asked !== '' });
  // Back and forward change the address; the editor follows.
  useEffect(() => {
    if (asked !== '') setText(asked);
  }, [asked]);
  const run = (query: string) => {
    const trimmed = query.trim();
    if (trimmed === '') return;
    setText(trimmed);
    if (trimmed === asked) void queryClient.resetQueries({ queryKey: answerQuery(asked).queryKey });
    else void navigate({ search: { q: trimmed } });
  };
  const items = useMemo(() => answer.data?.pages.flatMap((page) => page.items) ?? [], [answer.data]);
  const mistake = useMemo(() => (text === asked ? readMistake(answer.error) : null), [answer.error, text, asked]);
  return (
    <Stack gap="md">
      <Title order={1}>Query</Title>
      <div className={classes.columns}>
        <Stack gap="md" className={classes.main}>
          <section className={`card ${classes.ask}`} aria-label="Ask">
            <Editor text={text} onText={setText} onRun={() => run(text)} mistake={mistake} />
            <Group gap="xs">
              <Button
                size="xs"
                leftSection={<IconPlayerPlay size={14} />}
                onClick={() => run(text)}
                loading={answer.isFetching && !answer.isFetchingNextPage}
              >
                Run
              </Button>
              <Button
                size="xs"
                variant="default"
                leftSection={<IconDeviceFloppy size={14} />}
                onClick={() => setSaving(true)}
                disabled={text.trim() === ''}
              >
                Save query
              </Button>
              <Text size="xs" className={`quiet ${classes.keys}`}>
                <Kbd size="xs">Ctrl</Kbd> + <Kbd size="xs">Enter</Kbd> runs, <Kbd size="xs">Ctrl</Kbd> +{' '}
                <Kbd size="xs">Space</Kbd> completes
              </Text>
            </Group>
          </section>
          {answer.isError && <ProblemAlert error={answer.error} />}
          {asked !== '' && answer.isPending && <Skeleton height={240} />}
          {asked === '' && <NothingAsked onRun={() => run(FIRST_QUERY)} />}
          {answer.isSuccess && <QueryResults key={asked} query={asked} answer={answer} items={items} />}
        </Stack>
        <SavedQueries current={text} onOpen={run} />
      </div>
      <SaveQueryDialog opened={isSaving} onClose={() => setSaving(false)} query={text} />
    </Stack>
  );
}

interface EditorProps {
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly onRun: () => void;
  readonly mistake: ReturnType<typeof readMistake>;
}

function Editor(props: EditorProps) {
  const vocabulary = useQuery(vocabularyQuery);
  if (vocabulary.isError) return <ProblemAlert error={vocabulary.error} onRetry={() => void vocabulary.refetch()} />;
  if (vocabulary.isPending) return <Skeleton height={78} />;
  return <QueryEditor label="Query" hint="SELECT * FROM devices" vocabulary={vocabulary.data} {...props} />;
}

function NothingAsked({ onRun }: { readonly onRun: () => void }) {
  return (
    <div className="card">
      <EmptyState
        icon={IconZoomQuestion}
        title="Ask the fleet"
        text="Find devices by what their twins say: tags, desired and reported properties, connection. Then act on all you found at once."
      >
        <Button variant="default" onClick={onRun}>
          List all devices
        </Button>
      </EmptyState>
    </div>
  );
}
