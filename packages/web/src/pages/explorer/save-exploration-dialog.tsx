import { useQueryClient } from '@tanstack/react-query';
import { type Exploration, type ExplorationView, LIMITS } from '@viaduct/contracts';
import { explorationsClient, explorationsQuery } from '../../api/explorations-client.ts';
import { NameDialog } from '../../ui/name-dialog.tsx';
import { notify } from '../../ui/notify.ts';

interface SaveExplorationDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly view: ExplorationView;
  readonly onSaved: (exploration: Exploration) => void;
}

/** Gives a view a name. */
export function SaveExplorationDialog({ opened, onClose, view, onSaved }: SaveExplorationDialogProps) {
  const queryClient = useQueryClient();
  return (
    <NameDialog
      opened={opened}
      onClose={onClose}
      title="Save this exploration"
      nameCharactersMax={LIMITS.SAVED_QUERY_NAME_CHARACTERS_MAX}
      asksSharing
      save={{
        mutationFn: (named) => explorationsClient.save({ ...named, view }),
        onSuccess: async (saved) => {
          await queryClient.invalidateQueries({ queryKey: explorationsQuery.queryKey });
          notify(`${saved.name} is saved`);
          onSaved(saved);
          onClose();
        },
      }}
    />
  );
}
