import { Skeleton, Tooltip } from '@mantine/core';
import { IconTrash, IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { SavedQuery } from '@viaduct/contracts';
import { queryClientApi } from '../../api/query-client.ts';
import { savedQueriesQuery } from '../../api/query-queries.ts';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';
import { EXAMPLE_QUERIES } from './example-queries.ts';
import classes from './query.module.css';

interface SavedQueriesProps {
  /** What is in the editor: its entry is marked. */
  readonly current: string;
  readonly onOpen: (query: string) => void;
}

/** What was kept, and examples to begin with. One click runs. */
export function SavedQueries({ current, onOpen }: SavedQueriesProps) {
  const saved = useQuery(savedQueriesQuery);
  return (
    <aside className={`card ${classes.side}`} aria-label="Saved queries and examples">
      <section aria-labelledby="saved-queries">
        <h2 id="saved-queries" className={classes.sideTitle}>
          Saved queries
        </h2>
        {saved.isError && <ProblemAlert error={saved.error} onRetry={() => void saved.refetch()} />}
        {saved.isPending && <Skeleton height={60} />}
        {saved.data?.length === 0 && <p className={classes.note}>A query that you save has a name here.</p>}
        <ul className={classes.list}>
          {saved.data?.map((query) => (
            <SavedEntry key={query.id} saved={query} isCurrent={query.query === current} onOpen={onOpen} />
          ))}
        </ul>
      </section>
      <section aria-labelledby="example-queries">
        <h2 id="example-queries" className={classes.sideTitle}>
          Examples
        </h2>
        <ul className={classes.list}>
          {EXAMPLE_QUERIES.map(({ title, query }) => (
            <li key={title} className={classes.entry}>
              <button
                type="button"
                className={classes.open}
                title={query}
                aria-current={query === current || undefined}
                onClick={() => onOpen(query)}
              >
                {title}
              </button>
            </li>
          ))}
        </ul>
      </section>
    </aside>
  );
}

interface SavedEntryProps {
  readonly saved: SavedQuery;
  readonly isCurrent: boolean;
  readonly onOpen: (query: string) => void;
}

function SavedEntry({ saved, isCurrent, onOpen }: SavedEntryProps) {
  const { id, name, query, isShared, owner } = saved;
  const queryClient = useQueryClient();
  const remove = async () => {
    await queryClientApi.remove(id);
    await queryClient.invalidateQueries({ queryKey: savedQueriesQuery.queryKey });
  };
  return (
    <li className={classes.entry}>
      <button
        type="button"
        className={classes.open}
        title={query}
        aria-current={isCurrent || undefined}
        onClick={() => onOpen(query)}
      >
        {name}
      </button>
      {isShared && (
        <Tooltip label={`Shared, saved by ${owner}`}>
          <IconUsers size={14} className="quiet" aria-label={`Shared, saved by ${owner}`} role="img" />
        </Tooltip>
      )}
      <ConfirmButton
        label={`Remove ${name}`}
        icon={IconTrash}
        question={`Remove ${name}?`}
        consequence={`The name and the query go${isShared ? ', for everybody' : ''}. The devices stay as they are.`}
        action="Remove"
        done={`${name} is removed`}
        act={remove}
      />
    </li>
  );
}
