import { useQueryClient } from '@tanstack/react-query';
import { LIMITS } from '@viaduct/contracts';
import { queryClientApi } from '../../api/query-client.ts';
import { savedQueriesQuery } from '../../api/query-queries.ts';
import { NameDialog } from '../../ui/name-dialog.tsx';
import { notify } from '../../ui/notify.ts';
import { TextBlock } from '../../ui/text-block.tsx';

interface SaveQueryDialogProps {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly query: string;
}

/** Gives a query a name, to ask it again. */
export function SaveQueryDialog({ opened, onClose, query }: SaveQueryDialogProps) {
  const queryClient = useQueryClient();
  return (
    <NameDialog
      opened={opened}
      onClose={onClose}
      title="Save query"
      description="Of the devices that it finds, or of the question: “North site”, “Old firmware”."
      nameCharactersMax={LIMITS.SAVED_QUERY_NAME_CHARACTERS_MAX}
      asksSharing
      save={{
        mutationFn: (named) => queryClientApi.save({ ...named, query }),
        onSuccess: async ({ name }) => {
          await queryClient.invalidateQueries({ queryKey: savedQueriesQuery.queryKey });
          notify(`${name} is saved`);
          onClose();
        },
      }}
    >
      <TextBlock text={query} label="Query to save" />
    </NameDialog>
  );
}
