import { Tooltip } from '@mantine/core';
import { IconTrash, IconUsers } from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Exploration } from '@viaduct/contracts';
import { explorationsClient, explorationsQuery } from '../../api/explorations-client.ts';
import classes from '../../explorer/explorer.module.css';
import { ConfirmButton } from '../../ui/confirm-button.tsx';
import { ProblemAlert } from '../../ui/problem-alert.tsx';

interface SavedExplorationsProps {
  readonly onOpen: (exploration: Exploration) => void;
}

/** What was kept: one's own, and what all share. */
export function SavedExplorations({ onOpen }: SavedExplorationsProps) {
  const saved = useQuery(explorationsQuery);
  return (
    <fieldset>
      <legend>Saved</legend>
      {saved.isError && <ProblemAlert error={saved.error} onRetry={() => void saved.refetch()} />}
      {saved.data?.length === 0 && <p className={classes.note}>What you save has a name here.</p>}
      <ul className={classes.chosen}>
        {saved.data?.map((exploration) => (
          <SavedEntry key={exploration.id} exploration={exploration} onOpen={onOpen} />
        ))}
      </ul>
    </fieldset>
  );
}

function SavedEntry({ exploration, onOpen }: SavedExplorationsProps & { readonly exploration: Exploration }) {
  const { id, name, isShared, owner } = exploration;
  const queryClient = useQueryClient();
  const remove = async () => {
    await explorationsClient.remove(id);
    await queryClient.invalidateQueries({ queryKey: explorationsQuery.queryKey });
  };
  return (
    <li>
      <button type="button" className={classes.open} onClick={() => onOpen(exploration)}>
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
        consequence={`The name and the view go${isShared ? ', for everybody' : ''}, and tiles that show it are empty. What devices said stays.`}
        action="Remove"
        done={`${name} is removed`}
        act={remove}
      />
    </li>
  );
}
